/** The log of decisions: what is due for review, and writing one down. */
import { useState } from "react";
import { roadmapDecisions } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import { useMay } from "@/app/session";
import { Button, Empty, Failed, Pill, Segments } from "@/components/basics";
import { DataTable, SearchBox, useView, type TableColumn } from "@/components/DataTable";
import { RefLink } from "@/components/Go";
import { Head, Page } from "@/components/Page";
import * as format from "@/lib/format";
import { useUrlState } from "@/lib/url";
import { DecideDialog } from "./DecideDialog";
import { VIEWER } from "./types";

const COLUMNS: TableColumn[] = [
  { key: "title", label: "Decision", render: (row) => <><div>{row.due ? <><Pill tone="warn">review</Pill> </> : null}{String(row.title)}</div>{row.outcome ? <div className="mut small">{String(row.outcome)}</div> : null}</> },
  { key: "decided_at", label: "Decided", unit: "date" },
  { key: "by", label: "By" },
  { key: "ref", label: "About", render: (row) => (row.ref ? <RefLink of={String(row.ref)} /> : <span className="mut">{format.NONE}</span>) },
  { key: "dissent", label: "Dissent", render: (row) => (row.dissent ? "yes" : <span className="mut">{format.NONE}</span>) },
  { key: "review_at", label: "Review", unit: "date" },
];

export default function DecisionsPage() {
  const [view, setView] = useView();
  const [due, setDue] = useUrlState("due", "");
  const [about, setAbout] = useUrlState("about", "");
  const [writing, setWriting] = useState(false);
  const may = useMay("member");
  const asked = useAsk(roadmapDecisions, { query: { due: due === "1" || undefined, page: view.page, size: view.size, sort: view.sort, q: view.q } });
  return (
    <Page title="Decisions" actions={<Button primary disabled={!may} title={may ? undefined : VIEWER} onClick={() => setWriting(true)}>Write one down</Button>}>
      <Head title="Decisions" sub="What was decided, between which options, on which figures, and how it came out." />
      <div className="tools"><Segments label="Which" value={due} options={[{ value: "", label: "All" }, { value: "1", label: "Due for review" }]} onChange={setDue} /><SearchBox value={view.q} onChange={(q) => setView({ q })} label="Search decisions" /></div>
      {asked.error && !asked.data ? <Failed error={asked.error} retry={() => void asked.refetch()} /> : (
        <DataTable label="Decisions" columns={COLUMNS} rows={asked.data?.items} total={asked.data?.total} view={view} onView={setView}
          href={(row) => `/decisions/${encodeURIComponent(String(row.decision))}`}
          empty={<Empty title={due ? "Nothing is due for review" : "No decisions yet"}>{due ? "Decisions come up here on their review date." : "Write down a decision with its options, so that later it can be seen whether it was right."}</Empty>} />
      )}
      {(writing || (about && may)) && <DecideDialog about={about} onClose={() => { setWriting(false); setAbout(""); }} />}
    </Page>
  );
}
