/** Who is here, who answers for what, what was told to whom, and who wants to hear of what. */
import { directory } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import { Answer, Avatar, Empty, Tabs } from "@/components/basics";
import { DataTable, SearchBox, useView, type TableColumn } from "@/components/DataTable";
import { Figures } from "@/components/Figure";
import { Go } from "@/components/Go";
import { Head, Page } from "@/components/Page";
import * as format from "@/lib/format";
import { useUrlState } from "@/lib/url";
import { Deliveries } from "./Deliveries";
import { Ownership } from "./Ownership";
import { Subscriptions } from "./Subscriptions";

const PARTS = [["directory", "Directory"], ["ownership", "Ownership"], ["deliveries", "Deliveries"], ["subscriptions", "Subscriptions"]] as const;

export default function PeoplePage() {
  const [tab] = useUrlState("tab", "directory");
  return (
    <Page title="People">
      <Head title="People" sub="Who answers for what, and who has been told." />
      <Figures metrics={["people.owned_share", "people.load", "people.deliveries"]} params={{ cadence: "weekly" }} />
      <div style={{ height: 18 }} />
      <Tabs items={PARTS.map(([key, label]) => ({ label, href: key === "directory" ? "/people" : `/people?tab=${key}`, on: tab === key }))} />
      {tab === "ownership" ? <Ownership /> : tab === "deliveries" ? <Deliveries /> : tab === "subscriptions" ? <Subscriptions /> : <Directory />}
    </Page>
  );
}

const COLUMNS: TableColumn[] = [
  { key: "name", label: "Name", render: (row) => <span className="row"><Avatar name={String(row.name)} /><Go className="ev" href={`/people/${encodeURIComponent(String(row.person))}`}>{String(row.name)}</Go></span> },
  { key: "team", label: "Team" },
  { key: "role", label: "Role" },
  { key: "objects", label: "Answers for", unit: "objects" },
  { key: "deliveries", label: "Messages", unit: "messages" },
];

function Directory() {
  const [view, setView] = useView("", 50);
  const asked = useAsk(directory, { query: { page: view.page, size: view.size, sort: view.sort, q: view.q } });
  return (
    <>
      <div className="tools"><SearchBox value={view.q} onChange={(q) => setView({ q })} label="Search people" /><span className="grow" />{asked.data && <span className="mut small num">{format.count(asked.data.total, "person", "people")}</span>}</div>
      <Answer of={asked}>{(page) => (
        <DataTable label="Directory" columns={COLUMNS} rows={page.items} total={page.total} view={view} onView={setView} href={(row) => `/people/${encodeURIComponent(String(row.person))}`}
          empty={<Empty title="Nobody is known yet" action={{ label: "Connect a source", href: "/settings/sources" }}>Colleagues come from your tools: the authors of a repository, or a file of persons.</Empty>} />
      )}</Answer>
    </>
  );
}
