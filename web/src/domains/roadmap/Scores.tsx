/** Priorities by RICE: inputs from evidence, ranges, and how sure the order is. */
import { oneReport } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import { Answer, Empty, Pill } from "@/components/basics";
import { ReportChart } from "@/components/Chart";
import { DataTable, useView, type TableColumn } from "@/components/DataTable";
import { coverageLine } from "@/lib/figure";
import * as format from "@/lib/format";
import { initiativeHref, type ScoreInput } from "./types";

function used(row: Record<string, unknown>, name: string, unit: string) {
  const input = (row.inputs as ScoreInput[]).find((one) => one.input === name);
  if (!input) return format.NONE;
  const said = format.value(input.amount, unit);
  if (!input.override) return <span title={input.evidence}>{said}{input.sample === 0 && <span className="mut"> ?</span>}</span>;
  return <span title={`${input.override.by}: ${input.override.reason}`}><b>{format.value(input.override.amount, unit)}</b> <s className="mut" title={input.evidence}>{said}</s></span>;
}

const one = (raw: unknown) => Number(raw).toFixed(1);
const COLUMNS: TableColumn[] = [
  { key: "place", label: "#" },
  { key: "title", label: "Initiative", render: (row) => <><div>{String(row.title)}</div><div className="mut small">{String(row.stage)}</div></> },
  { key: "score", label: "Score", align: "right", render: (row) => <span className="num">{one(row.score)} <span className="mut">{one(row.low)} – {one(row.high)}</span></span> },
  { key: "above_next", label: "Beats the next", render: (row) => (row.above_next === null ? <span className="mut">{format.NONE}</span> : <Pill tone={Number(row.above_next) >= 0.85 ? "good" : "plain"}>{format.share(Number(row.above_next))}</Pill>), doc: "Chance of scoring above the one below" },
  { key: "reach", label: "Reach", align: "right", render: (row) => used(row, "reach", "accounts"), doc: "Accounts that asked" },
  { key: "impact", label: "Impact", align: "right", render: (row) => used(row, "impact", "") },
  { key: "confidence", label: "Confidence", align: "right", render: (row) => used(row, "confidence", "share") },
  { key: "effort", label: "Effort, weeks", align: "right", render: (row) => used(row, "effort", ""), doc: "Items left at the team's pace over 12 weeks" },
  { key: "demand", label: "Demand", align: "right", render: (row) => used(row, "demand", "money") },
];

export function Scores() {
  const [view, setView] = useView();
  const asked = useAsk(oneReport, { path: { name: "roadmap.scores" }, query: { size: 500 } });
  return (
    <Answer of={asked}>
      {(table) => (
        <>
          {table.rows.length > 0 && <div className="card pad" style={{ marginBottom: 16 }}><ReportChart report="roadmap.scores" label="Scores with their range" /></div>}
          <DataTable label="Scores" columns={COLUMNS} rows={table.rows} view={view} onView={setView} href={(row) => initiativeHref(String(row.initiative))}
            empty={<Empty title="Nothing to rank" action={{ label: "Board", href: "/roadmap" }}>Open initiatives are scored from their requests and their team's pace.</Empty>} />
          <div className="coverage">Reach × impact × confidence / effort (RICE), simulated over the ranges of the inputs; {table.note}. Bold was set by hand, what the evidence said is struck through; “?” rests on no evidence yet. {coverageLine(table)}</div>
        </>
      )}
    </Answer>
  );
}
