/** The sections of a sheet. */
import type { ReactNode } from "react";
import type { Promised, Row, SheetSection } from "@/api/types";
import { Pill } from "@/components/basics";
import { Chart, type ChartOption } from "@/components/Chart";
import { DataTable, filled, type TableColumn } from "@/components/DataTable";
import { Figures } from "@/components/Figure";
import { FindingCard } from "@/components/FindingCard";
import { Go, RefLink } from "@/components/Go";
import { RangeBar, span } from "@/components/RangeBar";
import * as format from "@/lib/format";
import { grouped } from "@/lib/layout";
import { Pieces } from "./Pieces";

export function SheetSections({ sections }: { sections: SheetSection[] }) {
  return grouped(sections).map((group, i) => {
    if ("wide" in group) return <Part key={group.wide.key} section={group.wide} className="sect" />;
    return (
      <section className={`sect two${"even" in group ? " even" : ""}`} key={i}>
        {[group.left, group.right].map((side, j) => <div key={j}>{side.map((section) => <Part key={section.key} section={section} className="half" />)}</div>)}
      </section>
    );
  });
}

function Part({ section, className }: { section: SheetSection; className: string }) {
  if (!section.title) return <div style={{ marginTop: 20 }}>{content(section)}</div>;
  return (
    <section className={className} id={section.key}>
      <header><h2>{section.href ? <Go className="plain" href={section.href}>{section.title}</Go> : section.title}</h2>{section.note && <span className="note">{section.note}</span>}</header>
      {content(section)}
    </section>
  );
}

function content(section: SheetSection): ReactNode {
  switch (section.kind) {
    case "figures": return <Figures figures={section.figures} />;
    case "findings": return <div className="card">{section.findings?.map((finding) => <FindingCard key={finding.id} finding={finding} />)}</div>;
    case "promises": return <Promises rows={(section.rows ?? []) as unknown as Promised[]} />;
    case "chart": return <ChartCard section={section} />;
    case "table": return <DataTable label={section.title} columns={columnsOf(section)} rows={section.rows} keys={false} />;
    default: return <div className="card pad sub"><Pieces pieces={section.items ?? []} /></div>;
  }
}

const chanceTone = (chance: number) => (chance >= 0.8 ? "good" : chance >= 0.4 ? "warn" : "bad");

function Promises({ rows }: { rows: Promised[] }) {
  const dates = span(rows.flatMap((row) => [row.p50_at, row.p95_at]), rows.map((row) => row.promised_at));
  return (
    <div className="card"><div className="scroll" tabIndex={0} role="region" aria-label="Forecasts against promises">
      <table className="tbl" style={{ minWidth: 860 }}>
        <thead><tr><th scope="col">Initiative</th><th scope="col">Team</th><th scope="col" className="r">Left</th><th scope="col" style={{ width: "32%" }}>Forecast 50 – 85 – 95% · promised</th><th scope="col" className="r">Chance</th><th scope="col">Why</th></tr></thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.initiative}>
              <td><RefLink className="plain" of={row.initiative.includes(":") ? row.initiative : `initiative:${row.initiative}`}>{row.title}</RefLink></td>
              <td className="mut">{row.team ? format.spelled(row.team.replace(/^team:/, "")) : format.NONE}</td>
              <td className="r num">{format.number(row.left)}</td>
              <td>{row.p85_at ? <RangeBar p50={row.p50_at} p85={row.p85_at} p95={row.p95_at} promised={row.promised_at} {...dates} /> : <span className="mut">{row.why_not || "no forecast yet"}</span>}</td>
              <td className="r num">{row.chance === null || row.chance === undefined ? format.NONE : <Pill tone={chanceTone(row.chance)}>{format.chance(row.chance)}</Pill>}</td>
              <td className="sub">{row.why}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div></div>
  );
}

function ChartCard({ section }: { section: SheetSection }) {
  return (
    <div className="card pad">
      {section.chart && <Chart option={section.chart as ChartOption} label={`${section.title}${section.note ? `, ${section.note}` : ""}`} />}
      {section.caption && <div className="sub" style={{ marginTop: 6 }}>{section.caption}</div>}
      {Boolean(section.items?.length) && <div className="sub" style={{ marginTop: 6 }}><Pieces pieces={section.items!} /></div>}
      {section.href && <div className="coverage"><Go className="ev" href={section.href}>What it rests on</Go></div>}
    </div>
  );
}

/** "14 ▲ 9" in the column before which the rows carry a `change`; a row marked `new` says so. */
function columnsOf(section: SheetSection): TableColumn[] {
  const known = (column: TableColumn) => section.rows?.some((row) => ![null, undefined, ""].includes(row[column.key] as never));
  const columns = (section.columns ?? []).filter((column, i) => i === 0 || known(column)); // a column with nothing in it says nothing
  if (!section.rows?.some((row) => "change" in row)) return columns.map((column) => ({ ...column, fixed: true }));
  return columns.map((column, i) => ({ ...column, fixed: true, render: i === 0 ? (row) => <First column={column} row={row} /> : i === 1 ? (row) => <WithChange column={column} row={row} /> : undefined }));
}

function First({ column, row }: { column: TableColumn; row: Row }) {
  const text = format.value(row[column.key], column.unit);
  const name = column.href ? <Go className="plain" href={filled(column.href, row)}>{text}</Go> : text;
  return row.new ? <span className="mut">New: {name}</span> : name;
}

function WithChange({ column, row }: { column: TableColumn; row: Row }) {
  const change = Number(row.change ?? 0);
  return <>{format.value(row[column.key], column.unit)}{change !== 0 && !row.new && <span className={change > 0 ? "down" : "mut"}> {change > 0 ? "▲" : "▼"} {format.number(Math.abs(change))}</span>}</>;
}
