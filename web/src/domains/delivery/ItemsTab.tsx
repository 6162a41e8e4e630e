/** Items: the list of work, searched, filtered, sorted and paged by the server. */
import { keepPreviousData } from "@tanstack/react-query";
import { items } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import { Button, Empty, Failed, Pill, Segments } from "@/components/basics";
import { DataTable, SearchBox, type TableColumn, useView } from "@/components/DataTable";
import { useTitle } from "@/components/useTitle";
import * as format from "@/lib/format";
import { useSetUrl, useUrlState } from "@/lib/url";

const TONE: Record<string, string> = { doing: "info", waiting: "warn", done: "good" };
const COLUMNS: TableColumn[] = [
  { key: "title", label: "Title" }, { key: "team", label: "Team" },
  { key: "state", label: "State", render: (row) => <Pill tone={TONE[String(row.category)] ?? "plain"}>{String(row.state ?? row.category ?? format.NONE)}</Pill> },
  { key: "owner", label: "Owner", ref: "person" }, { key: "days", label: "Took, or age", unit: "days" },
  { key: "created_at", label: "Created", unit: "date" }, { key: "begun_at", label: "Begun", unit: "date" }, { key: "done_at", label: "Finished", unit: "date" },
];
const CHOICES = [{ value: "", label: "All" }, { value: "todo", label: "To do" }, { value: "doing,waiting", label: "In progress" }, { value: "done", label: "Done" }];

export default function ItemsTab({ team }: { team: string }) {
  const [view, setView] = useView();
  const [category] = useUrlState("category", "");
  const [initiative] = useUrlState("initiative", "");
  const title = useTitle(`initiative:${initiative}`, Boolean(initiative));
  const setUrl = useSetUrl();
  const query = { team, category, initiative, page: view.page, size: view.size, sort: view.sort, q: view.q };
  const asked = useAsk(items, { query }, { placeholderData: keepPreviousData });
  if (asked.error && !asked.data) return <Failed error={asked.error} retry={() => void asked.refetch()} />;
  return (
    <>
      <div className="tools">
        <SearchBox value={view.q} onChange={(q) => setView({ q })} label="Search title, id or owner" />
        <Segments label="State" value={category} options={CHOICES} onChange={(value) => setUrl({ category: value || null, page: null })} />
        {initiative && <Button onClick={() => setUrl({ initiative: null, page: null })}>Initiative: {title} ×</Button>}
        <span className="grow" />
        {asked.data && <span className="mut small num">{format.count(asked.data.total, "item")}</span>}
      </div>
      <DataTable label="Work items" columns={COLUMNS} rows={asked.data?.items} total={asked.data?.total} view={view} onView={setView}
        href={(row) => `/delivery/items/${encodeURIComponent(String(row.item_id))}`}
        empty={<Empty title="No work here" action={{ label: "Import work", href: "/settings/imports" }}>Bring in a tracker’s export, or connect it under Settings, Sources.</Empty>} />
    </>
  );
}
