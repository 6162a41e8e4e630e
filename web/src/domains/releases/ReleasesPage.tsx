/** What came out, what it held, whether its notes are out, and how fast people moved to it. */
import { oneReport, releases } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import { Answer, Empty, Pill, Section } from "@/components/basics";
import { ReportChart } from "@/components/Chart";
import { DataTable, SearchBox, useView, type TableColumn } from "@/components/DataTable";
import { Figures } from "@/components/Figure";
import { Go, RefLink } from "@/components/Go";
import { Head, Page } from "@/components/Page";
import { AUDIENCES, TIERS, type ReleaseRow } from "./types";

const STATES: Record<ReleaseRow["state"], [string, string]> = { published: ["good", "published"], draft: ["warn", "draft"], none: ["plain", "none yet"] };

export function StatePill({ state }: { state: ReleaseRow["state"] }) {
  const [tone, word] = STATES[state];
  return <Pill tone={tone}>{word}</Pill>;
}

const COLUMNS: TableColumn[] = [
  { key: "version", label: "Version", href: "/releases/{release}" },
  { key: "title", label: "Title" },
  { key: "released_at", label: "Released", unit: "date" },
  { key: "items", label: "Entries", unit: "entries" },
  { key: "initiatives", label: "Initiatives", fixed: true, render: (row) => <>{(row.initiatives as string[]).map((one, i) => <span key={one}>{i > 0 && ", "}<RefLink of={`initiative:${one}`} /></span>)}</> },
  { key: "tier", label: "Tier", align: "left", render: (row) => (row.tier ? TIERS[row.tier as number] : <span className="mut">–</span>) },
  { key: "ready_done", label: "Checklist", align: "left", render: (row) => (row.ready_total ? <span className="num">{String(row.ready_done)} of {String(row.ready_total)}</span> : <span className="mut">–</span>) },
  { key: "state", label: "Notes", render: (row) => <StatePill state={row.state as ReleaseRow["state"]} /> },
  { key: "incidents", label: "Incidents", unit: "incidents", doc: "Incidents within 7 days after it" },
];

export default function ReleasesPage() {
  const [view, setView] = useView("", 25);
  const asked = useAsk(releases, { query: { page: view.page, size: view.size, sort: view.sort, q: view.q } });
  return (
    <Page title="Releases" actions={<a className="btn" href="/feed/releases.atom">Feed</a>}>
      <Head title="Releases" sub="What came out, what it held, and who has been told." />
      <Figures metrics={["releases.count", "releases.lead", "releases.announced_share"]} params={{ cadence: "monthly" }} />
      <Section title="All releases" end={<SearchBox value={view.q} onChange={(q) => setView({ q })} label="Search releases" />}>
        <Answer of={asked}>{(page) => (
          <DataTable label="Releases" columns={COLUMNS} rows={page.items} total={page.total} view={view} onView={setView} href={(row) => `/releases/${encodeURIComponent(String(row.release))}`}
            empty={<Empty title="No releases yet" action={{ label: "Connect a source", href: "/settings/sources" }}>They are found from the tags of a git repository, or imported from a file.</Empty>} />
        )}</Answer>
      </Section>
      <Uptake />
      <p className="coverage">Notes for {AUDIENCES.join(", ")} · published notes for customers are also at <a className="ev" href="/feed/releases.json">/feed/releases.json</a> and <a className="ev" href="/feed/releases.md">/feed/releases.md</a></p>
    </Page>
  );
}

/** Only where installs by version are counted. */
function Uptake() {
  const asked = useAsk(oneReport, { path: { name: "releases.uptake" }, query: { size: 1 } });
  if (!asked.data?.total) return null;
  return (
    <Section title="Uptake" note="share of all installs after a release" end={<Go className="ev" href="/reports/releases.uptake">table</Go>}>
      <ReportChart report="releases.uptake" label="Share of installs 1, 3 and 6 months after a release" />
    </Section>
  );
}
