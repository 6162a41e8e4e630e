/** An answer as rows: sorted by any column; every number that somebody stands behind can be opened. Needs no router. */
import { useMemo, useState } from "react";
import type { CallsheetUsageQuestionsCommonTable as Table } from "@/api/generated";
import * as format from "@/lib/format";
import { alignsRight, sorted } from "@/lib/table";
import type { Row } from "@/api/types";
import { stopWords, type Spot } from "./drill";

const FEW = 100;
const LAST = ["total", "mean"];
/** Names of lines where there is but one. */
const ALONE = ["now", "sessions"];
/** Numbers that say where a row stands, and lengths of time, have nobody behind them. */
const PLAIN = ["step", "since", "until"];
/** Lines of trends, which may be lengths of time that somebody stands behind. */
const MEASURED = /^line\d+$/;
/** Columns of intervals: their beginnings are in the organisation's time. */
const INTERVALS = ["interval", "cohort"];
const isLast = (row: Row) => LAST.includes(String(row.interval ?? row.cohort ?? row.day ?? ""));

function shown(raw: unknown, unit: string, key: string): string {
  if (typeof raw === "number" && unit === "seconds") return format.duration(raw);
  if (typeof raw === "string" && (key === "source" || key === "target")) return stopWords(raw);
  if (typeof raw === "string" && LAST.includes(raw)) return format.humanise(raw);
  if (typeof raw === "string" && INTERVALS.includes(key) && format.looksLikeTime(raw)) return format.localMoment(raw);
  return format.value(raw, unit);
}

interface AnswerTableProps { table: Table; label: string; can?: (spot: Spot) => boolean; onSpot?: (spot: Spot) => void }

export function AnswerTable({ table, label, can, onSpot }: AnswerTableProps) {
  const [sort, setSort] = useState("");
  const [all, setAll] = useState(false);
  const rows = useMemo(() => {
    const numbered = (table.rows as Row[]).map((row, place) => ({ ...row, "#": place }) as Row);
    const body = numbered.filter((row) => !sort || !isLast(row));
    return sort ? [...sorted(body, sort), ...numbered.filter(isLast)] : body;
  }, [table, sort]);
  const columns = table.columns.filter((column) => column.key !== "line" || table.rows.some((row) => !ALONE.includes(String(row.line))));
  const right = new Map(columns.map((column) => [column.key, alignsRight(column as never, (table.rows as Row[]).filter((row) => !isLast(row)).slice(0, 50))]));
  const few = all || rows.length <= FEW + 20 ? rows : rows.slice(0, FEW);
  const next = (key: string) => (sort === key ? `-${key}` : sort === `-${key}` ? "" : key);
  return (
    <div className="card">
      <div className="scroll ans-scroll" tabIndex={0} role="region" aria-label={label}>
        <table className="tbl sticky ans">
          <thead><tr>{columns.map((column) => {
            const state = sort === column.key ? "ascending" : sort === `-${column.key}` ? "descending" : undefined;
            return <th key={column.key} scope="col" className={right.get(column.key) ? "r" : ""} aria-sort={state}><button type="button" title={column.label} onClick={() => setSort(next(column.key))}><span className="ans-head">{column.label}</span>{state && <span aria-hidden="true">{state === "ascending" ? "↑" : "↓"}</span>}</button></th>;
          })}</tr></thead>
          <tbody>{few.map((row) => (
            <tr key={String(row["#"])} className={isLast(row) ? "sum" : row.partial ? "open-end" : ""}>
              {columns.map((column) => {
                const raw = row[column.key];
                const text = shown(raw, column.unit ?? "", column.key);
                const spot = { row: Number(row["#"]), column: column.key };
                const opens = onSpot && typeof raw === "number" && raw !== 0 && (column.unit !== "seconds" || MEASURED.test(column.key)) && !PLAIN.includes(column.key) && can?.(spot);
                const open = Array.isArray(row.open) && row.open.includes(column.key);
                return <td key={column.key} className={`${right.get(column.key) ? "r num" : "clip"}${open ? " so-far" : ""}`} title={open ? "Not over yet: so far" : undefined}>{opens ? <button type="button" className="ev" onClick={() => onSpot(spot)}>{text}</button> : text}{column.key === "interval" && row.partial ? <span className="mut"> so far</span> : null}</td>;
              })}
            </tr>
          ))}</tbody>
        </table>
      </div>
      {few.length < rows.length && <div className="pager"><span>{FEW} of {format.number(rows.length)} rows</span><button type="button" className="btn" onClick={() => setAll(true)}>Show all</button></div>}
    </div>
  );
}
