/** Which customers may leave, why, and how well such chances held. */
import { keepPreviousData } from "@tanstack/react-query";
import { oneReport } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import { Answer, Empty, Failed, Pill, Section } from "@/components/basics";
import { ReportChart } from "@/components/Chart";
import { DataTable, SearchBox, useView, type TableColumn } from "@/components/DataTable";
import { Icon } from "@/components/Icon";
import { coverageLine } from "@/lib/figure";
import * as format from "@/lib/format";
import type { Row } from "@/api/types";

const TONES: Record<string, string> = { "at risk": "bad", watch: "warn", dormant: "plain", steady: "good" };

const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function Chance({ row }: { row: Row }) {
  if (row.chance === null || row.chance === undefined) return <span className="mut">not stated</span>;
  const [chance, low, high] = [Number(row.chance), Number(row.low), Number(row.high)];
  const words = `${format.share(chance)}, 95% between ${format.share(low)} and ${format.share(high)}`;
  const place = (share: number) => `${100 * share}%`;
  return (
    <span className="row" style={{ gap: 10 }}>
      <span className="num" style={{ minWidth: 38, textAlign: "right" }}>{format.share(chance)}</span>
      <span className="range" role="img" aria-label={words} title={words} style={{ minWidth: 110, width: 110 }}><i style={{ left: 0, width: "100%" }} /><b style={{ left: place(low), width: place(Math.max(0.02, high - low)) }} /><em style={{ left: place(chance) }} /></span>
    </span>
  );
}

const COLUMNS: TableColumn[] = [
  { key: "name", label: "Account", href: "/usage/accounts/{account_id}" },
  { key: "level", label: "Level", render: (row) => <Pill tone={TONES[String(row.level)]}>{String(row.level)}</Pill> },
  { key: "chance", label: "Leaves in 28 days", align: "left", doc: "With its 95% interval; not stated where rules judge", render: (row) => <Chance row={row} /> },
  { key: "why", label: "Why", fixed: true, render: (row) => (row.why ? <span style={{ whiteSpace: "normal", display: "block", minWidth: 200 }}>{upper(String(row.why))}</span> : <span className="mut">nothing out of the ordinary</span>) },
  { key: "stake", label: "At stake", unit: "money", doc: "Revenue a year times the chance; under rules, the revenue of those at risk" },
  { key: "revenue", label: "Revenue a year", unit: "money" },
  { key: "days", label: "Active days", render: (row) => <span className="num" title={row.last_at ? `last active ${format.ago(row.last_at as string)}` : undefined}>{String(row.days)} <span className="mut">usually {format.number(row.days_usual === null ? null : Number(row.days_usual))}</span></span> },
  { key: "owner", label: "Owner", ref: "person" },
];

export function Health() {
  const [view, setView] = useView("", 25);
  const asked = useAsk(oneReport, { path: { name: "usage.health" }, query: { page: view.page, size: view.size, sort: view.sort, q: view.q } }, { placeholderData: keepPreviousData });
  if (asked.error && !asked.data) return <Failed error={asked.error} retry={() => void asked.refetch()} />;
  return (
    <>
      <Section title="Accounts by what may be lost" note="the chance that they leave within 28 days">
        <div className="tools"><SearchBox value={view.q} onChange={(q) => setView({ q })} label="Search accounts" /><span className="grow" />{asked.data && <span className="mut small num">{format.count(asked.data.total, "account")}</span>}<a className="btn" href="/api/reports/usage.health?format=csv" download><Icon name="download" />CSV</a></div>
        {asked.data?.note && <p className="sub" style={{ margin: "0 0 10px" }}>{asked.data.note}</p>}
        <DataTable label="Account health" columns={COLUMNS} rows={asked.data?.rows as Row[] | undefined} total={asked.data?.total} view={view} onView={setView} href={(row) => `/usage/accounts/${encodeURIComponent(String(row.account_id))}`}
          empty={<Empty title="No account can be judged yet" action={{ label: "Bring in accounts", href: "/settings/imports" }}>An account is judged once it was there for 28 days. Events that name their account are enough; the day on which accounts left makes chances of it.</Empty>} />
        {asked.data && coverageLine(asked.data) && <div className="coverage">{coverageLine(asked.data)}</div>}
      </Section>
      <Calibration />
    </>
  );
}

const BINS: TableColumn[] = [
  { key: "predicted", label: "Chance stated", unit: "share" }, { key: "observed", label: "Left", unit: "share" },
  { key: "interval", label: "95%", fixed: true, render: (row) => <span className="num mut">{format.share(Number(row.low))} – {format.share(Number(row.high))}</span> },
  { key: "n", label: "Account-months" },
];

function Calibration() {
  const asked = useAsk(oneReport, { path: { name: "usage.health_calibration" }, query: { size: 20 } });
  return (
    <Section title="Do such chances hold?" note="stated for the latest account-months by a model that had not seen them">
      <Answer of={asked}>
        {(report) => report.rows.length ? (
          <div className="two even">
            <div className="card pad"><ReportChart report="usage.health_calibration" label="Chance to leave, stated and come true" /></div>
            <div><DataTable label="Chances stated and come true" keys={false} columns={BINS} rows={report.rows} />{coverageLine(report) && <div className="coverage">{coverageLine(report)}</div>}</div>
          </div>
        ) : <div className="card"><Empty title="Too few accounts have left to tell">{report.note || "No chance is stated until at least 20 departures are known."}</Empty></div>}
      </Answer>
    </Section>
  );
}
