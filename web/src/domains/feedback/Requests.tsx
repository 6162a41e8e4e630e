/** All requests with people, accounts and revenue behind them. */
import { useState } from "react";
import { feedbackRequests } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import { useMay } from "@/app/session";
import { Button, Empty, Failed, Pill, Segments } from "@/components/basics";
import { DataTable, SearchBox, useView, type TableColumn } from "@/components/DataTable";
import { RefLink } from "@/components/Go";
import * as format from "@/lib/format";
import { useUrlState } from "@/lib/url";
import { NewRequestDialog } from "./NewRequestDialog";
import { STATUSES, TONES } from "./types";

const COLUMNS: TableColumn[] = [
  { key: "title", label: "Request" },
  { key: "status", label: "Status", render: (row) => <Pill tone={TONES[String(row.status)]}>{String(row.status)}</Pill> },
  { key: "requesters", label: "People", unit: "people", doc: "Distinct people who asked" },
  { key: "accounts", label: "Accounts", unit: "accounts", doc: "Distinct accounts" },
  { key: "revenue", label: "Revenue", unit: "money", doc: "A year, each account once" },
  { key: "last_at", label: "Last asked", unit: "date" },
  { key: "initiative", label: "Answered by", render: (row) => (row.initiative ? <><RefLink of={`initiative:${row.initiative}`} />{row.stage ? <span className="mut"> · {String(row.stage)}</span> : null}</> : <span className="mut">{format.NONE}</span>) },
];

export function Requests() {
  const [view, setView] = useView();
  const [status, setStatus] = useUrlState<string>("status", "");
  const [opening, setOpening] = useState(false);
  const may = useMay("member");
  const asked = useAsk(feedbackRequests, { query: { status, page: view.page, size: view.size, sort: view.sort, q: view.q } });
  if (asked.error && !asked.data) return <Failed error={asked.error} retry={() => void asked.refetch()} />;
  return (
    <>
      <div className="tools">
        <SearchBox value={view.q} onChange={(q) => setView({ q })} label="Search requests" />
        <Segments label="Status" value={status} options={[{ value: "", label: "All" }, ...STATUSES.map((one) => ({ value: one, label: format.humanise(one) }))]} onChange={setStatus} />
        <span className="grow" />
        <Button disabled={!may} title={may ? undefined : "Viewers read; a member opens requests."} onClick={() => setOpening(true)}>New request</Button>
      </div>
      <DataTable label="Requests" columns={COLUMNS} rows={asked.data?.items} total={asked.data?.total} view={view} onView={setView}
        href={(row) => `/feedback/requests/${encodeURIComponent(String(row.request))}`}
        empty={<Empty title="No requests yet" action={{ label: "Open the inbox", href: "/feedback" }}>File feedback to a new request in the inbox, or import requests.</Empty>} />
      {opening && <NewRequestDialog onClose={() => setOpening(false)} />}
    </>
  );
}
