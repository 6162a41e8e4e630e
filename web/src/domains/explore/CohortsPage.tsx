/** Cohorts: people or accounts that belong together, by what they did or by a list. */
import { keepPreviousData } from "@tanstack/react-query";
import { useState } from "react";
import { cohorts, restoreCohort } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { useMay, useName } from "@/app/session";
import { Button, Empty, Failed, Pill } from "@/components/basics";
import { DataTable, SearchBox, useView, type TableColumn } from "@/components/DataTable";
import { useSend } from "@/components/Form";
import { Go } from "@/components/Go";
import { Page } from "@/components/Page";
import * as format from "@/lib/format";
import { useUrlState } from "@/lib/url";
import { CohortDialog } from "./CohortDialog";
import { inWords } from "./condition";
import { ExploreTabs } from "@/components/ExploreTabs";
import { cohortHref, NO_RIGHT, type Condition } from "./types";
import { useCohorts } from "./vocabulary";
import "./explore.css";

export default function CohortsPage() {
  const [view, setView] = useView("", 50);
  const [archived, setArchived] = useUrlState("deleted", false);
  const [making, setMaking] = useState(false);
  const may = useMay("member");
  const nameOf = useName();
  const all = useCohorts();
  const { send } = useSend();
  const asked = useAsk(cohorts, { query: { page: view.page, size: view.size, sort: view.sort, q: view.q, archived } }, { placeholderData: keepPreviousData });
  const columns: TableColumn[] = [
    { key: "name", label: "Cohort", render: (row) => <><Go className="plain" href={cohortHref(String(row.id))}><b className="list-name">{String(row.name)}</b></Go><div className="mut small">{String(row.line || (row.kind === "dynamic" ? inWords(row.condition as Condition, all) : row.origin ? `from ${row.origin as string}` : "a list"))}</div></> },
    { key: "unit", label: "Of", render: (row) => (row.unit === "account" ? "accounts" : "people") },
    { key: "kind", label: "Kind", render: (row) => <Pill tone={row.kind === "dynamic" ? "info" : "plain"}>{row.kind === "dynamic" ? "described" : "listed"}</Pill> },
    { key: "size", label: "Size", align: "right", fixed: true, render: (row) => (row.size === null ? <span className="mut" title="Counted when it is opened">{format.NONE}</span> : format.number(row.size as number, 0)) },
    { key: "owner", label: "Owner", render: (row) => nameOf(String(row.owner)) },
    { key: "changed_at", label: "Changed", render: (row) => <span title={format.dateTime(String(row.changed_at))}>{format.ago(String(row.changed_at))}</span> },
    ...(archived ? [{ key: "id", label: "", fixed: true, render: (row) => <Button disabled={!may} onClick={() => void send(() => ask(restoreCohort({ path: { cohort_id: String(row.id) } })), "Restored")}>Restore</Button> } satisfies TableColumn] : []),
  ];
  return (
    <Page title="Cohorts" width="wide" crumbs={[{ label: "Explore", href: "/explore" }]} actions={<Button primary disabled={!may} title={may ? undefined : NO_RIGHT} onClick={() => setMaking(true)}>New cohort</Button>}>
      <h1 className="vh">Cohorts</h1>
      <ExploreTabs on="cohorts" />
      <div className="tools"><SearchBox value={view.q} onChange={(q) => setView({ q })} label="Search cohorts" /><label className="q-tick"><input type="checkbox" checked={archived} onChange={(event) => setArchived(event.target.checked)} />deleted ones</label><span className="grow" />{asked.data && <span className="mut small num">{format.count(asked.data.total, "cohort")}</span>}</div>
      {asked.error && !asked.data ? <Failed error={asked.error} retry={() => void asked.refetch()} /> : (
        <DataTable label="Cohorts" columns={columns} rows={asked.data?.items as never} total={asked.data?.total} view={view} onView={setView} href={archived ? undefined : (row) => cohortHref(String(row.id))}
          empty={archived ? <Empty title="Nothing was deleted" /> : <Empty title="No cohorts yet" action={may ? { label: "New cohort", onClick: () => setMaking(true) } : undefined}>Describe who belongs, paste a list, or save those behind any number of an answer.</Empty>} />
      )}
      {making && <CohortDialog onClose={() => setMaking(false)} />}
    </Page>
  );
}
