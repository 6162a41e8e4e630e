/** A cohort: who belongs and why, how large it was week by week, and who they are. */
import { keepPreviousData } from "@tanstack/react-query";
import { useParams, useRouter } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { addMembers, deleteCohort, members, oneCohort, restoreCohort, usageRemoveMember } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { useMay, useName } from "@/app/session";
import { AskedChart } from "@/components/AskedChart";
import { Answer, Button, Empty, Failed, Section } from "@/components/basics";
import { DataTable, SearchBox, useView, type TableColumn } from "@/components/DataTable";
import { formValues, useSend } from "@/components/Form";
import { Go } from "@/components/Go";
import { Head, Page } from "@/components/Page";
import * as format from "@/lib/format";
import { COLUMNS } from "./Behind";
import { CohortDialog } from "./CohortDialog";
import { inWords } from "./condition";
import { written } from "./question";
import { NO_RIGHT, type CohortOut, type Condition } from "./types";
import { useUndoable } from "./undo";
import { useCohorts } from "./vocabulary";
import "./explore.css";

export default function CohortPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const asked = useAsk(oneCohort, { path: { cohort_id: id } });
  return <Answer of={asked} loading={<Page title="Cohort"><h1 className="vh">Cohort</h1></Page>}>{(cohort) => <Cohort cohort={cohort} />}</Answer>;
}

const people = (cohort: CohortOut, amount: number) => format.count(amount, cohort.unit === "account" ? "account" : "person", cohort.unit === "account" ? "accounts" : "people");

function Cohort({ cohort }: { cohort: CohortOut }) {
  const may = useMay("member");
  const nameOf = useName();
  const { history } = useRouter();
  const { send, busy } = useSend();
  const undoable = useUndoable();
  const cohorts = useCohorts();
  const [changing, setChanging] = useState(false);
  const path = { cohort_id: cohort.id };
  const remove = async () => {
    if (await undoable(`“${cohort.name}” deleted.`, () => ask(deleteCohort({ path })), () => ask(restoreCohort({ path })))) history.push("/explore/cohorts");
  };
  const asking = `/explore?ask=${encodeURIComponent(written({ kind: "trends", unit: cohort.unit, series: [{ math: "unique" }], where: [{ field: "cohort", op: "is", values: [cohort.id] }], span: { last: 30 } }))}`;
  const words = cohort.kind === "dynamic" ? inWords(cohort.condition as unknown as Condition, cohorts) : cohort.origin ? `Listed, from ${cohort.origin}` : "Listed";
  return (
    <Page title={cohort.name} crumbs={[{ label: "Explore", href: "/explore" }, { label: "Cohorts", href: "/explore/cohorts" }]} actions={<><Button danger disabled={!may} title={may ? undefined : NO_RIGHT} onClick={() => void remove()}>Delete</Button><Button disabled={!may} title={may ? undefined : NO_RIGHT} onClick={() => setChanging(true)}>Change…</Button><Go className="btn p" href={asking}>Ask about them</Go></>}>
      <Head kicker={`${people(cohort, cohort.size ?? 0)} now`} title={cohort.name} sub={<>{format.humanise(words.replaceAll(".", "․")).replaceAll("․", ".")} <span className="mut small">· {nameOf(cohort.owner)}, {format.ago(cohort.changed_at)}</span>{cohort.line && <div>{cohort.line}</div>}</>} />
      {cohort.archived_at && <div className="alert warn" style={{ marginBottom: 14 }}><div className="grow">This cohort was deleted {format.ago(cohort.archived_at)}; questions that name it go on working.</div><Button busy={busy} onClick={() => void send(() => ask(restoreCohort({ path })), "Restored")}>Restore</Button></div>}
      {cohort.kind === "dynamic" && <Section title="Size" note="at the end of each week"><div className="card pad"><AskedChart path={`/api/usage/cohorts/${encodeURIComponent(cohort.id)}/chart`} label={`Size of ${cohort.name} by week`} empty="Nobody has been in it yet." height={200} /></div></Section>}
      <Members cohort={cohort} may={may && cohort.kind === "static"} />
      {changing && <CohortDialog cohort={cohort} onClose={() => setChanging(false)} />}
    </Page>
  );
}

function Members({ cohort, may }: { cohort: CohortOut; may: boolean }) {
  const [view, setView] = useView("", 25);
  const { send, busy, error } = useSend();
  const asked = useAsk(members, { path: { cohort_id: cohort.id }, query: { page: view.page, size: view.size, sort: view.sort, q: view.q } }, { placeholderData: keepPreviousData });
  const add = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const ids = formValues<"ids">(form).ids.split(/[\s,;]+/).filter(Boolean);
    if (await send(() => ask(addMembers({ path: { cohort_id: cohort.id }, body: { ids } })), "Added")) form.reset();
  };
  const undoable = useUndoable();
  const takeOut = (unit_id: string, name: string) => undoable(`${name} taken out.`, () => ask(usageRemoveMember({ path: { cohort_id: cohort.id, unit_id } })), () => ask(addMembers({ path: { cohort_id: cohort.id }, body: { ids: [unit_id] } })));
  const out: TableColumn = { key: "unit_id", label: "", fixed: true, render: (row) => <Button quiet className="icon" icon="close" aria-label={`Take ${String(row.name ?? row.unit_id)} out`} disabled={busy} onClick={() => void takeOut(String(row.unit_id), String(row.name ?? row.unit_id))} /> };
  return (
    <Section title={cohort.unit === "account" ? "Accounts" : "People"}>
      {error && <Failed error={error} />}
      <div className="tools"><SearchBox value={view.q} onChange={(q) => setView({ q })} label="Search them" />{may && <form className="row" onSubmit={(event) => void add(event)}><input className="input" name="ids" required aria-label="Ids to add" placeholder="Ids to add" /><Button type="submit" busy={busy}>Add</Button></form>}<span className="grow" />{asked.data && <span className="mut small num">{people(cohort, asked.data.total)}</span>}</div>
      {asked.error && !asked.data ? <Failed error={asked.error} retry={() => void asked.refetch()} /> : <DataTable label="Members" columns={[...COLUMNS[cohort.unit]!, ...(may ? [out] : [])]} rows={asked.data?.items as never} total={asked.data?.total} view={view} onView={setView} empty={<Empty title="Nobody is in it">{cohort.kind === "dynamic" ? "Nobody satisfies its condition now." : "Add ids above."}</Empty>} />}
    </Section>
  );
}
