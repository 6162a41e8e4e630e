/** Forecasts against promises, one row an initiative. */
import { oneReport } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import { Answer, Empty, Pill } from "@/components/basics";
import { ReportChart } from "@/components/Chart";
import { DataTable, useView, type TableColumn } from "@/components/DataTable";
import { RangeBar, span } from "@/components/RangeBar";
import { coverageLine } from "@/lib/figure";
import * as format from "@/lib/format";
import { chanceTone } from "./BoardCard";
import { initiativeHref, type Forecast } from "./types";

const NOTE = "The bar reaches from the 50% to the 85% day, the line to 95%; the tick is the promise. Chance: share of simulated outcomes within the promised day.";

function columns(rows: Forecast[]): TableColumn[] {
  const ends = span(rows.flatMap((row) => [row.p50_at, row.p85_at, row.p95_at]), rows.map((row) => row.promised_at));
  return [
    { key: "title", label: "Initiative", render: (row) => <><div>{String(row.title)}</div><div className="mut small">{row.team ? format.spelled(String(row.team)) : ""}</div></> },
    { key: "left", label: "Left", unit: "items" },
    { key: "range", label: "50 – 85 – 95% · promised", fixed: true, render: (row) => { const one = row as unknown as Forecast; return one.p50_at ? <RangeBar p50={one.p50_at} p85={one.p85_at} p95={one.p95_at} promised={one.promised_at} {...ends} /> : <span className="mut">no forecast: {one.why_not}</span>; } },
    { key: "p85_at", label: "85% day", unit: "date" },
    { key: "promised_at", label: "Promised", unit: "date" },
    { key: "chance", label: "Chance", render: (row) => (row.chance === null ? <span className="mut">{format.NONE}</span> : <Pill tone={chanceTone(Number(row.chance))}>{format.chance(Number(row.chance))}</Pill>) },
    { key: "why", label: "Why" },
    { key: "revenue", label: "Waiting", unit: "money" },
  ];
}

export function Timeline() {
  const [view, setView] = useView();
  const asked = useAsk(oneReport, { path: { name: "roadmap.promises" }, query: { size: 500 } });
  return (
    <Answer of={asked}>
      {(table) => {
        const rows = table.rows as unknown as Forecast[];
        const held = rows.filter((row) => row.coverage85 !== null);
        return (
          <>
            {rows.length > 0 && <div className="card pad" style={{ marginBottom: 16 }}><ReportChart report="roadmap.promises" label="Forecasts against promises" /></div>}
            <DataTable label="Promises" columns={columns(rows)} rows={table.rows} view={view} onView={setView} href={(row) => initiativeHref(String(row.initiative))}
              empty={<Empty title="Nothing is promised" action={{ label: "Board", href: "/roadmap" }}>Promise a date on an initiative's page; the chance of keeping it appears here.</Empty>} />
            <div className="coverage">{NOTE} {held.length > 0 && `85% dates of these teams held ${format.share(held.reduce((sum, row) => sum + row.coverage85!, 0) / held.length)} of the time. `}{coverageLine(table)}</div>
          </>
        );
      }}
    </Answer>
  );
}
