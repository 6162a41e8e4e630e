/** What needs one accountable owner; the gaps first. */
import { Modal } from "@mantine/core";
import { decideOwner, directory, ownership } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { useMay } from "@/app/session";
import { toast } from "@/app/toast";
import { Answer, Button, Empty, Failed, Pill, Segments } from "@/components/basics";
import { DataTable, SearchBox, useView, type TableColumn } from "@/components/DataTable";
import { formValues, SelectField, useSend } from "@/components/Form";
import { Go } from "@/components/Go";
import * as format from "@/lib/format";
import { traceHref, useUrlState } from "@/lib/url";
import { NO_RIGHT, OWNED, type Owned } from "./types";

const KINDS = ["", "initiative", "feature", "component", "tool"];

export function Ownership() {
  const may = useMay("member");
  const [view, setView] = useView("", 50);
  const [state, setState] = useUrlState("state", "");
  const [kind, setKind] = useUrlState("kind", "");
  const [assign, setAssign] = useUrlState("assign", "");
  const asked = useAsk(ownership, { query: { page: view.page, size: view.size, sort: view.sort, q: view.q, state, kind } });
  const columns: TableColumn[] = [
    { key: "title", label: "What", render: (row) => <Go className="ev" href={traceHref(String(row.ref))}>{String(row.title)}</Go> },
    { key: "kind", label: "Kind" },
    { key: "owner_name", label: "Accountable", render: (row) => <Who row={row as unknown as Owned} /> },
    { key: "state", label: "State", render: (row) => { const [tone, word] = OWNED[row.state as Owned["state"]]; return <Pill tone={tone}>{word}</Pill>; } },
    { key: "since_at", label: "Since", unit: "date" },
    { key: "team", label: "Team" },
    { key: "source", label: "From" },
    { key: "act", label: "", fixed: true, align: "right", render: (row) => <Button quiet={row.state === "owned"} disabled={!may} title={may ? undefined : NO_RIGHT} onClick={() => setAssign(String(row.ref))}>{row.state === "owned" ? "Change" : "Assign"}</Button> },
  ];
  return (
    <>
      <div className="tools">
        <SearchBox value={view.q} onChange={(q) => setView({ q })} label="Search objects, owners, teams" />
        <Segments label="State" value={state} onChange={setState} options={[{ value: "", label: "All" }, { value: "unowned", label: "Gaps" }, { value: "owned", label: "Owned" }]} />
        <select className="input" aria-label="Kind" value={kind} onChange={(event) => setKind(event.target.value)}>{KINDS.map((one) => <option key={one} value={one}>{one ? `${format.humanise(one)}s` : "All kinds"}</option>)}</select>
        <span className="grow" />
        {asked.data && <span className="mut small num">{format.count(asked.data.total, "object")}</span>}
      </div>
      <Answer of={asked}>{(page) => (
        <DataTable label="Ownership" columns={columns} rows={page.items} total={page.total} view={view} onView={setView} keys={false}
          empty={state === "unowned" ? <Empty title="Everything has one owner">Each active initiative, feature, component and tool that is known here has exactly one.</Empty> : <Empty title="Nothing says who owns what" action={{ label: "Connect a source", href: "/settings/sources" }}>CODEOWNERS of a repository, or a file of owners, fills this; or assign people as initiatives appear.</Empty>} />
      )}</Answer>
      {assign && <Assign subject={assign} onClose={() => setAssign("")} />}
    </>
  );
}

function Who({ row }: { row: Owned }) {
  if (row.state === "none") return <span className="mut">{row.last_owner ? `was ${row.last_owner}` : "–"}</span>;
  return <>{row.owners.map((one, i) => <span key={one}>{i > 0 && ", "}<Go className="ev" href={`/people/${encodeURIComponent(one)}`}>{row.owner_names[i]}</Go></span>)}</>;
}

function Assign({ subject, onClose }: { subject: string; onClose: () => void }) {
  const may = useMay("member");
  const people = useAsk(directory, { query: { size: 500, sort: "name" } });
  const before = useAsk(ownership, { query: { q: subject, size: 50 } });
  const { send, busy, error } = useSend();
  const now = before.data?.items.find((one) => one.ref === subject);
  const give = (person: string) => ask(decideOwner({ body: { ref: subject, role: "accountable", person } }));
  const submit = async (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { person = "" } = formValues(event.currentTarget);
    if (!(await send(() => give(person)))) return;
    onClose();
    const old = now?.owner ?? "";
    toast(person ? `${people.data?.items.find((one) => one.person === person)?.name ?? person} answers for ${now?.title ?? subject} now` : "Nobody answers for it now", { undo: () => void send(() => give(old)) });
  };
  const options = [{ value: "", label: "Nobody" }, ...(people.data?.items ?? []).map((one) => ({ value: one.person, label: `${one.name}${one.team ? `, ${one.team}` : ""}${one.objects ? ` (${one.objects})` : ""}` }))];
  return (
    <Modal opened onClose={onClose} title={`Who answers for ${now?.title ?? subject}?`} centered size="sm">
      <form className="stack" onSubmit={(event) => void submit(event)}>
        {error && <Failed error={error} />}
        <SelectField key={people.data && before.data ? "known" : "asking"} label="Accountable" name="person" options={options} defaultValue={now?.owner ?? ""} hint="One person decides and answers. In brackets: what they answer for already." data-autofocus />
        <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button primary type="submit" busy={busy} disabled={!may} title={may ? undefined : NO_RIGHT}>Assign</Button></div>
      </form>
    </Modal>
  );
}
