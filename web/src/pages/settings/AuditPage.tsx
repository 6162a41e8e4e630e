import { keepPreviousData } from "@tanstack/react-query";
import { audit } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import type { Row } from "@/api/types";
import { ErrorPage } from "@/app/status";
import { Avatar, Empty } from "@/components/basics";
import { DataTable, SearchBox, useView, type TableColumn } from "@/components/DataTable";
import { Head, Page } from "@/components/Page";
import * as format from "@/lib/format";
import { useUrlState } from "@/lib/url";
import { CRUMBS, SettingsTabs } from "./tabs";

function details(row: Row): string {
  return Object.entries((row.details ?? {}) as Record<string, unknown>).map(([key, value]) => `${key.replace(/_/g, " ")}: ${format.value(value)}`).join(" · ");
}

const COLUMNS: TableColumn[] = [
  { key: "done_at", label: "When", fixed: true, render: (row) => <span className="num" title={String(row.done_at)}>{format.dateTime(String(row.done_at))}</span> },
  { key: "actor_name", label: "Who", fixed: true, render: (row) => <span className="row"><Avatar name={String(row.actor_name)} />{String(row.actor_name)}</span> },
  { key: "verb", label: "What", fixed: true, render: (row) => String(row.verb).replace(".", " ").replace(/_/g, " ") },
  { key: "ref", label: "Of", ref: "any", fixed: true },
  { key: "details", label: "Details", fixed: true, render: (row) => <span className="sub">{details(row)}</span> },
];

export default function AuditPage() {
  const [view, setView] = useView("", 50);
  const [ref] = useUrlState("ref", "");
  const asked = useAsk(audit, { query: { page: view.page, size: view.size, q: view.q, ref } }, { placeholderData: keepPreviousData });
  return (
    <Page title="Audit" crumbs={CRUMBS}>
      <SettingsTabs />
      <Head title="Audit" sub="Every decision and every change, newest first. Nothing is ever removed from it." />
      {asked.error && !asked.data ? <ErrorPage error={asked.error} /> : (
        <>
          <div className="tools"><SearchBox value={view.q} onChange={(q) => setView({ q })} label="Search verb, object, person" />{asked.data && <span className="mut small num">{format.count(asked.data.total, "entry", "entries")}</span>}</div>
          <DataTable label="Audit" columns={COLUMNS} rows={asked.data?.items} total={asked.data?.total} view={view} onView={setView} tall empty={<Empty title="Nothing has been done yet" />} />
        </>
      )}
    </Page>
  );
}
