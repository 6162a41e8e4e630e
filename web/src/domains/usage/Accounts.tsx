/** Customers by their activity, paged by the server. */
import { keepPreviousData } from "@tanstack/react-query";
import { accounts } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import { Empty, Failed } from "@/components/basics";
import { DataTable, SearchBox, useView, type TableColumn } from "@/components/DataTable";
import { PeriodPicker, usePeriod } from "@/components/PeriodPicker";
import * as format from "@/lib/format";

const COLUMNS: TableColumn[] = [
  { key: "name", label: "Account", href: "/usage/accounts/{account_id}" },
  { key: "segment", label: "Segment" },
  { key: "revenue", label: "Revenue a year", unit: "money" },
  { key: "owner", label: "Owner", ref: "person" },
  { key: "persons", label: "People", unit: "people" },
  { key: "events", label: "Events", unit: "events" },
  { key: "events_before", label: "Before", unit: "events", doc: "Events in the span of the same length before" },
  { key: "last_at", label: "Last active", render: (row) => <span title={format.dateTime(row.last_at as string | null)}>{format.ago(row.last_at as string | null)}</span> },
];

export function Accounts() {
  const period = usePeriod();
  const [view, setView] = useView("", 25);
  const asked = useAsk(accounts, { query: { ...period, page: view.page, size: view.size, sort: view.sort, q: view.q } }, { placeholderData: keepPreviousData });
  if (asked.error && !asked.data) return <Failed error={asked.error} retry={() => void asked.refetch()} />;
  return (
    <>
      <div className="tools"><SearchBox value={view.q} onChange={(q) => setView({ q })} label="Search accounts" /><PeriodPicker scopes={["segment"]} /><span className="grow" />{asked.data && <span className="mut small num">{format.count(asked.data.total, "account")}</span>}</div>
      <DataTable label="Accounts" columns={COLUMNS} rows={asked.data?.items} total={asked.data?.total} view={view} onView={setView} href={(row) => `/usage/accounts/${encodeURIComponent(String(row.account_id))}`}
        empty={<Empty title="No accounts yet" action={{ label: "Bring in accounts", href: "/settings/imports" }}>A file with an account id and a name is enough; segment and revenue make decisions weigh right.</Empty>} />
    </>
  );
}
