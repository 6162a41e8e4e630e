import { Modal } from "@mantine/core";
import { useState } from "react";
import { addMember, changeRole, listMembers, removeMember, setPassword } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import type { Role } from "@/api/types";
import { useMay, useSession } from "@/app/session";
import { Answer, Avatar, Button, Failed } from "@/components/basics";
import { DataTable, type TableColumn } from "@/components/DataTable";
import { formValues, SelectField, TextField, useSend } from "@/components/Form";
import { Head, Page } from "@/components/Page";
import { CRUMBS, SettingsTabs } from "./tabs";

const ROLES: { value: Role; label: string }[] = [{ value: "viewer", label: "viewer: reads everything" }, { value: "member", label: "member: decides" }, { value: "owner", label: "owner: also members, keys, sources" }];

export default function MembersPage() {
  const asked = useAsk(listMembers, { query: { size: 200 } });
  const owner = useMay("owner");
  const { actor } = useSession();
  const { send } = useSend();
  const [adding, setAdding] = useState(false);
  const [renewing, setRenewing] = useState<{ id: string; name: string } | null>(null);
  const columns: TableColumn[] = [
    { key: "name", label: "Name", render: (row) => <span className="row"><Avatar name={String(row.name)} />{String(row.name)}{row.id === actor.id && <span className="mut">you</span>}</span> },
    { key: "email", label: "Email" },
    { key: "role", label: "Role", render: (row) => owner ? <select className="input" aria-label={`Role of ${row.name}`} value={String(row.role)} onChange={(event) => void send(() => ask(changeRole({ path: { member_id: String(row.id) }, body: { role: event.target.value as Role } })), `${row.name} is ${event.target.value} now`)}>{ROLES.map((role) => <option key={role.value}>{role.value}</option>)}</select> : String(row.role) },
    { key: "created_at", label: "Since", unit: "date" },
  ];
  if (owner) columns.push({ key: "id", label: "Change", fixed: true, align: "right", render: (row) => row.id === actor.id ? null : <span className="row"><Button quiet onClick={() => setRenewing({ id: String(row.id), name: String(row.name) })}>Set password…</Button><Button quiet danger onClick={() => { if (window.confirm(`End ${row.name}'s access? What they did stays in the log.`)) void send(() => ask(removeMember({ path: { member_id: String(row.id) } })), `${row.name} has no access any more`); }}>Remove</Button></span> });
  return (
    <Page title="Members" crumbs={CRUMBS} actions={owner && <Button primary onClick={() => setAdding(true)}>Add a member</Button>}>
      <SettingsTabs />
      <Head title="Members" sub={owner ? "Who may see and decide. A role counts at once." : "Who may see and decide. Owners change roles."} />
      <Answer of={asked}>{(page) => <DataTable label="Members" columns={columns} rows={page.items} keys={false} />}</Answer>
      {adding && <AddMember onClose={() => setAdding(false)} />}
      {renewing && <SetPassword {...renewing} onClose={() => setRenewing(null)} />}
    </Page>
  );
}

function AddMember({ onClose }: { onClose: () => void }) {
  const { send, busy, error } = useSend();
  const submit = async (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const values = formValues<"name" | "email" | "role" | "password">(event.currentTarget);
    if (await send(() => ask(addMember({ body: { ...values, role: values.role as Role } })), `${values.name} may sign in now`)) onClose();
  };
  return (
    <Modal opened onClose={onClose} title="Add a member" centered size="sm">
      <form className="stack" onSubmit={(event) => void submit(event)}>
        {error && <Failed error={error} />}
        <TextField label="Name" name="name" required data-autofocus />
        <TextField label="Email" name="email" type="email" required />
        <SelectField label="Role" name="role" options={ROLES} defaultValue="member" />
        <TextField label="First password" name="password" type="password" minLength={10} required autoComplete="new-password" hint="At least 10 characters; tell it to them in private." />
        <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button primary type="submit" busy={busy}>Add</Button></div>
      </form>
    </Modal>
  );
}

function SetPassword({ id, name, onClose }: { id: string; name: string; onClose: () => void }) {
  const { send, busy, error } = useSend();
  const submit = async (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const password = String(new FormData(event.currentTarget).get("password"));
    if (await send(() => ask(setPassword({ path: { member_id: id }, body: { password } })), `${name} signs in with the new password`)) onClose();
  };
  return (
    <Modal opened onClose={onClose} title={`Set ${name}'s password`} centered size="sm">
      <form className="stack" onSubmit={(event) => void submit(event)}>
        {error && <Failed error={error} />}
        <TextField label="New password" name="password" type="password" minLength={10} required autoComplete="new-password" data-autofocus hint="At least 10 characters; tell it to them in private. They are signed out everywhere." />
        <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button primary type="submit" busy={busy}>Set password</Button></div>
      </form>
    </Modal>
  );
}
