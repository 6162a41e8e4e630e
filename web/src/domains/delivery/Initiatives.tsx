/** Initiatives as ranges of dates; a row asks the question below about it. */
import { oneReport } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import { Answer, Empty } from "@/components/basics";
import { DataTable, type TableColumn, useView } from "@/components/DataTable";
import { RefLink } from "@/components/Go";
import { RangeBar, span } from "@/components/RangeBar";
import * as format from "@/lib/format";
import type { InitiativeRow } from "./types";

/** The ISO day so many days from now. */
function ahead(days: number | null): string | null {
  return days === null ? null : new Date(format.now().getTime() + days * 86_400_000).toISOString().slice(0, 10);
}

function columns(rows: InitiativeRow[]): TableColumn[] {
  const shared = span([ahead(0), ...rows.map((row) => ahead(row.p95_days))]);
  const of = (row: unknown) => row as InitiativeRow;
  return [
    { key: "initiative", label: "Initiative", render: (row) => <RefLink of={`initiative:${of(row).initiative}`} /> },
    { key: "team", label: "Team" },
    { key: "left", label: "Left", unit: "items" },
    { key: "p85_days", label: "50 – 85 – 95%", align: "left", render: (row) => (of(row).p85_days === null ? <span className="mut small">{of(row).left ? of(row).why_not : "done"}</span> : <RangeBar {...shared} p50={ahead(of(row).p50_days)} p85={ahead(of(row).p85_days)} p95={ahead(of(row).p95_days)} />) },
    { key: "date", label: "85% date", fixed: true, render: (row) => <span className="num">{format.date(ahead(of(row).p85_days))}</span> },
    { key: "items_per_week", label: "A week", unit: "items" },
    { key: "coverage85", label: "85% dates held", render: (row) => (of(row).coverage85 === null ? format.NONE : <span className="num" title={`${of(row).origins} forecasts of the past replayed`}>{format.share(of(row).coverage85)} <span className="mut">of {of(row).origins}</span></span>) },
    { key: "scope_added_28", label: "Added, 28 days", unit: "items" },
  ];
}

export function Initiatives({ team }: { team: string }) {
  const asked = useAsk(oneReport, { path: { name: "delivery.initiatives" }, query: { size: 500 } });
  const [view, setView] = useView("init.", 20);
  return (
    <Answer of={asked}>
      {(table) => {
        const rows = (table.rows as InitiativeRow[]).filter((row) => !team || row.team === team).sort((a, b) => Number(!a.left) - Number(!b.left));
        return (
          <>
            <DataTable label="Initiatives" columns={columns(rows)} rows={rows} view={view} onView={setView} keys={false}
              href={(row) => `/delivery?tab=forecast&ask=${encodeURIComponent(String(row.initiative))}${team ? `&team=${encodeURIComponent(team)}` : ""}`}
              empty={<Empty title="No initiative has work linked to it" action={{ label: "Open the roadmap", href: "/roadmap" }}>Link items to an initiative, and its forecast appears here.</Empty>} />
            {table.note && <div className="coverage">{table.note}</div>}
          </>
        );
      }}
    </Answer>
  );
}
