/** Questions that were kept. */
import { useUrlState } from "@/lib/url";
import { restoreReport, savedReports } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { useMay, useName } from "@/app/session";
import { Button, Empty, Failed, Pill } from "@/components/basics";
import { DataTable, SearchBox, useView, type TableColumn } from "@/components/DataTable";
import { useSend } from "@/components/Form";
import { Go } from "@/components/Go";
import { Page } from "@/components/Page";
import * as format from "@/lib/format";
import { keepPreviousData } from "@tanstack/react-query";
import { ExploreTabs } from "@/components/ExploreTabs";
import { sentence } from "./question";
import { KINDS, reportHref, type Question } from "./types";
import "./explore.css";

const kindOf = (kind: unknown) => KINDS.find((one) => one.kind === kind)?.label ?? String(kind);

export default function ReportsPage() {
  const [view, setView] = useView("", 50);
  const [archived, setArchived] = useUrlState("deleted", false);
  const may = useMay("member");
  const nameOf = useName();
  const { send } = useSend();
  const asked = useAsk(savedReports, { query: { page: view.page, size: view.size, sort: view.sort, q: view.q, archived } }, { placeholderData: keepPreviousData });
  const columns: TableColumn[] = [
    { key: "name", label: "Report", render: (row) => <><Go className="plain" href={reportHref(String(row.id))}><b className="list-name">{String(row.name)}</b></Go><div className="mut small">{String(row.line || sentence(row.question as Question))}</div></> },
    { key: "kind", label: "Kind", render: (row) => <Pill>{kindOf(row.kind)}</Pill> },
    { key: "owner", label: "Owner", render: (row) => nameOf(String(row.owner)) },
    { key: "changed_at", label: "Changed", render: (row) => <span title={format.dateTime(String(row.changed_at))}>{format.ago(String(row.changed_at))}</span> },
    ...(archived ? [{ key: "id", label: "", fixed: true, render: (row) => <Button disabled={!may} onClick={() => void send(() => ask(restoreReport({ path: { report_id: String(row.id) } })), "Restored")}>Restore</Button> } satisfies TableColumn] : []),
  ];
  return (
    <Page title="Reports" width="wide" crumbs={[{ label: "Explore", href: "/explore" }]} actions={<Go className="btn p" href="/explore">Ask a question</Go>}>
      <h1 className="vh">Saved reports</h1>
      <ExploreTabs on="reports" />
      <div className="tools"><SearchBox value={view.q} onChange={(q) => setView({ q })} label="Search reports" /><label className="q-tick"><input type="checkbox" checked={archived} onChange={(event) => setArchived(event.target.checked)} />deleted ones</label><span className="grow" />{asked.data && <span className="mut small num">{format.count(asked.data.total, "report")}</span>}</div>
      {asked.error && !asked.data ? <Failed error={asked.error} retry={() => void asked.refetch()} /> : (
        <DataTable label="Saved reports" columns={columns} rows={asked.data?.items as never} total={asked.data?.total} view={view} onView={setView} href={archived ? undefined : (row) => reportHref(String(row.id))}
          empty={archived ? <Empty title="Nothing was deleted" /> : <Empty title="No reports yet" action={{ label: "Ask a question", href: "/explore" }}>A question that you save is here for everybody, and can be put on a board.</Empty>} />
      )}
    </Page>
  );
}
