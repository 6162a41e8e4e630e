/** Everybody who uses the product; which ids were made one person, which were not, and who was removed. */
import { keepPreviousData } from "@tanstack/react-query";
import { persons } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import { useMay } from "@/app/session";
import { Empty, Failed, Tabs } from "@/components/basics";
import { DataTable, SearchBox, useView, type TableColumn } from "@/components/DataTable";
import { Head, Page } from "@/components/Page";
import * as format from "@/lib/format";
import { useUrlState } from "@/lib/url";
import { Deletions } from "./Deletions";
import { Merges } from "./Merges";
import { personHref } from "./types";

const COLUMNS: TableColumn[] = [
  { key: "name", label: "Person", render: (row) => <span className="stack tight"><span>{String(row.name ?? row.email ?? row.person_id)}</span>{Boolean(row.name ?? row.email) && <span className="sub mono" style={{ whiteSpace: "nowrap" }}>{String(row.email ?? row.person_id)}</span>}</span> },
  { key: "account_name", label: "Account", href: "/usage/accounts/{account_id}" },
  { key: "events", label: "Events", unit: "events" },
  { key: "ids", label: "Ids", unit: "ids", doc: "Distinct ids that were made this one person" },
  { key: "first_at", label: "First seen", unit: "date" },
  { key: "last_at", label: "Last seen", render: (row) => <span title={format.dateTime(row.last_at as string | null)}>{format.ago(row.last_at as string | null)}</span> },
];

export default function PersonsPage() {
  const [tab] = useUrlState("tab", "people");
  const owner = useMay("owner");
  const tabs = [["people", "People"], ["merges", "Merges"], ["refused", "Refused merges"], ...(owner ? [["removed", "Removed"]] : [])];
  return (
    <Page title="People" crumbs={[{ label: "Usage", href: "/usage" }]}>
      <Head title="People" sub="Everybody who uses the product, by all the ids that their devices and sign-ins have." />
      <Tabs items={tabs.map(([key, label]) => ({ label, href: key === "people" ? "/usage/persons" : `/usage/persons?tab=${key}`, on: tab === key }))} />
      {tab === "removed" && owner ? <Deletions /> : tab === "merges" || tab === "refused" ? <Merges key={tab} state={tab === "refused" ? "refused" : "taken"} /> : <People />}
    </Page>
  );
}

function People() {
  const [view, setView] = useView("", 25);
  const asked = useAsk(persons, { query: { page: view.page, size: view.size, sort: view.sort, q: view.q } }, { placeholderData: keepPreviousData });
  if (asked.error && !asked.data) return <Failed error={asked.error} retry={() => void asked.refetch()} />;
  return (
    <>
      <div className="tools"><SearchBox value={view.q} onChange={(q) => setView({ q })} label="Search people" /><span className="grow" />{asked.data && <span className="mut small num">{format.count(asked.data.total, "person", "people")}</span>}</div>
      <DataTable label="People" columns={COLUMNS} rows={asked.data?.items} total={asked.data?.total} view={view} onView={setView} href={(row) => personHref(String(row.person_id))}
        empty={view.q ? <Empty title="Nobody is found">Search by any id, a name, an address or an account.</Empty> : <Empty title="Nobody was seen yet" action={{ label: "Send events", href: "/usage/sources" }}>People appear with their first event.</Empty>} />
    </>
  );
}
