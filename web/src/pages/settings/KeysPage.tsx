import { Modal } from "@mantine/core";
import { useState } from "react";
import { listKeys, makeKey, type NewKey, revokeKey } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import type { Role } from "@/api/types";
import { Forbidden } from "@/app/status";
import { toast } from "@/app/toast";
import { Answer, Button, Empty, Failed, Pill } from "@/components/basics";
import { DataTable, type TableColumn } from "@/components/DataTable";
import { formValues, SelectField, TextField, useSend } from "@/components/Form";
import { Head, Page } from "@/components/Page";
import { CRUMBS, SettingsTabs } from "./tabs";

export default function KeysPage() {
  const asked = useAsk(listKeys, { query: { size: 200 } });
  const { send } = useSend();
  const [making, setMaking] = useState(false);
  const columns: TableColumn[] = [
    { key: "name", label: "Name" },
    { key: "hint", label: "Ends with", render: (row) => <span className="mono">…{String(row.hint)}</span> },
    { key: "role", label: "Role" },
    { key: "created_by", label: "Made by" },
    { key: "created_at", label: "Made", unit: "date" },
    { key: "revoked_at", label: "End", fixed: true, align: "right", render: (row) => row.revoked_at ? <Pill>revoked</Pill> : <Button quiet danger onClick={() => { if (window.confirm(`Revoke “${row.name}”? Scripts that use it stop at once.`)) void send(() => ask(revokeKey({ path: { key_id: String(row.id) } })), "The key is revoked"); }}>Revoke</Button> },
  ];
  if (asked.error?.status === 403) return <Page title="API keys" crumbs={CRUMBS}><SettingsTabs /><Forbidden error={asked.error} /></Page>;
  return (
    <Page title="API keys" crumbs={CRUMBS} actions={<Button primary onClick={() => setMaking(true)}>Make a key</Button>}>
      <SettingsTabs />
      <Head title="API keys" sub="For scripts and assistants. Only a hash is kept: a key is shown once, when it is made." />
      <Answer of={asked}>{(page) => <DataTable label="API keys" columns={columns} rows={page.items} keys={false} empty={<Empty title="No keys yet" action={{ label: "Make a key", onClick: () => setMaking(true) }}>Send it as “Authorization: Bearer …”.</Empty>} />}</Answer>
      {making && <MakeKey onClose={() => setMaking(false)} />}
    </Page>
  );
}

function MakeKey({ onClose }: { onClose: () => void }) {
  const { send, busy, error } = useSend();
  const [made, setMade] = useState<NewKey | null>(null);
  const submit = async (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { name, role } = formValues<"name" | "role">(event.currentTarget);
    setMade((await send(() => ask(makeKey({ body: { name, role: role as Role } })))) ?? null);
  };
  const copy = () => void navigator.clipboard.writeText(made!.key).then(() => toast("Copied"));
  if (made?.key) {
    return (
      <Modal opened onClose={onClose} title={`The key “${made.name}”`} centered size="md" closeOnClickOutside={false}>
        <div className="stack"><p className="sub">Copy it now: it is not shown again.</p><div className="row"><input className="input mono grow" readOnly aria-label="The key" value={made.key} onFocus={(event) => event.target.select()} /><Button onClick={copy}>Copy</Button></div><div className="form-foot"><Button primary onClick={onClose}>I have it</Button></div></div>
      </Modal>
    );
  }
  return (
    <Modal opened onClose={onClose} title="Make an API key" centered size="sm">
      <form className="stack" onSubmit={(event) => void submit(event)}>
        {error && <Failed error={error} />}
        <TextField label="Name" name="name" required data-autofocus placeholder="nightly import" hint="What uses it; the log shows this name." />
        <SelectField label="Role" name="role" options={["viewer", "member", "owner"]} defaultValue="viewer" hint="The least that does: viewer reads, member decides." />
        <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button primary type="submit" busy={busy}>Make</Button></div>
      </form>
    </Modal>
  );
}
