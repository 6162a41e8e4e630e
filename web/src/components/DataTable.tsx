/** A table of facts: units, refs, sort, search, pages in the address, keyboard, CSV. */
import { useEffect, useState, type ReactNode } from "react";
import { useRouter } from "@tanstack/react-router";
import type { Column, Row } from "@/api/types";
import * as format from "@/lib/format";
import { useListKeys } from "@/lib/keys";
import { alignsRight, viewed, type View } from "@/lib/table";
import { useSetUrl, useUrlState } from "@/lib/url";
import { Button, Empty, Skeleton } from "./basics";
import { Go, RefLink, safe } from "./Go";

export interface TableColumn extends Column {
  render?: (row: Row) => ReactNode;
  /** No sorting by this column. */
  fixed?: boolean;
}

/** Page, sort and search of a table, kept in the address under `prefix`. */
export function useView(prefix = "", size = 50): [View, (changes: Partial<View>) => void] {
  const [page] = useUrlState(`${prefix}page`, 1);
  const [sort] = useUrlState(`${prefix}sort`, "");
  const [q] = useUrlState(`${prefix}q`, "");
  const setUrl = useSetUrl();
  const set = (changes: Partial<View>) => {
    const next = { page: 1, sort, q, ...changes };
    setUrl({ [`${prefix}page`]: next.page === 1 ? null : next.page, [`${prefix}sort`]: next.sort || null, [`${prefix}q`]: next.q || null });
  };
  return [{ page, size, sort, q }, set];
}

export function SearchBox({ value, onChange, label = "Search" }: { value: string; onChange: (q: string) => void; label?: string }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text), 220);
    return () => clearTimeout(timer);
  }, [text]); // eslint-disable-line react-hooks/exhaustive-deps -- only typing may start the clock
  return <input className="input" type="search" aria-label={label} placeholder={label} value={text} onChange={(event) => setText(event.target.value)} />;
}

/** "/delivery?item={item_id}" with the row's values. */
export function filled(template: string, row: Row): string {
  return template.replace(/\{(\w+)\}/g, (_whole, key: string) => encodeURIComponent(String(row[key] ?? "")));
}

const isWhen = (column: TableColumn, raw: unknown) => ["date", "datetime", "moment", "time"].includes(column.unit ?? "") || (typeof raw === "string" && format.looksLikeTime(raw));

function cell(column: TableColumn, row: Row): ReactNode {
  if (column.render) return column.render(row);
  const raw = row[column.key];
  if (raw === null || raw === undefined || raw === "") return <span className="mut">{format.NONE}</span>;
  if (column.href) return <Go className="ev" href={filled(column.href, row)}>{format.value(raw, column.unit)}</Go>;
  if (column.ref) {
    const refs = Array.isArray(raw) ? raw : [raw];
    return refs.map((one, i) => <span key={i}>{i > 0 && ", "}<RefLink of={column.ref === "any" || String(one).startsWith(`${column.ref}:`) ? String(one) : `${column.ref}:${one}`} /></span>);
  }
  if (column.unit === "url" || (typeof raw === "string" && /^https?:\/\//.test(raw))) return <Go className="ev" href={safe(String(raw))}>{String(raw).replace(/^https?:\/\//, "")}</Go>;
  if (column.key === "team" && typeof raw === "string") return format.spelled(raw);
  return format.value(raw, column.unit);
}

interface DataTableProps {
  columns: TableColumn[];
  rows: Row[] | undefined;
  /** All rows there are, when the server pages; without it the table sorts, searches and pages the rows itself. */
  total?: number;
  view?: View;
  onView?: (changes: Partial<View>) => void;
  href?: (row: Row) => string | undefined;
  empty?: ReactNode;
  keys?: boolean;
  label: string;
  tall?: boolean;
}

export function DataTable({ columns, rows, total, view, onView, href, empty, keys = true, label, tall }: DataTableProps) {
  const { history } = useRouter();
  const local = view && total === undefined ? viewed(rows ?? [], view) : { rows: rows ?? [], total: total ?? rows?.length ?? 0 };
  const [at] = useListKeys(local.rows.length, (index) => follow(local.rows[index]!), keys && Boolean(href));
  const follow = (row: Row) => {
    const to = href?.(row);
    if (to) history.push(to);
  };
  if (!rows) return <div className="card pad"><Skeleton lines={6} /></div>;
  if (!local.rows.length) {
    return <div className="card">{view?.q ? <Empty title={`Nothing matches “${view.q}”`} action={{ label: "Clear the search", onClick: () => onView?.({ q: "" }) }} /> : empty ?? <Empty title="No rows in this period">Choose a longer period, or bring in data under Settings, Imports.</Empty>}</div>;
  }
  const right = new Map(columns.map((column) => [column.key, alignsRight(column, local.rows)]));
  return (
    <div className="card">
      <div className="scroll" tabIndex={0} role="region" aria-label={label} style={tall ? { maxHeight: "calc(100vh - 230px)", overflowY: "auto" } : undefined}>
        <table className={`tbl${tall ? " sticky" : ""}`}>
          <thead><tr>{columns.map((column) => <Heading key={column.key} column={column} right={right.get(column.key)!} sort={view?.sort} onSort={onView && !column.fixed ? (sort) => onView({ sort }) : undefined} />)}</tr></thead>
          <tbody>
            {local.rows.map((row, i) => (
              <tr key={i} data-row={i} className={`${href ? "open" : ""}${i === at ? " on" : ""}`} onClick={(event) => { if (!(event.target as HTMLElement).closest("a, button, input")) follow(row); }}>
                {columns.map((column) => <td key={column.key} className={right.get(column.key) ? "r num" : isWhen(column, row[column.key]) ? "when num" : "clip"}>{cell(column, row)}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {view && local.total > view.size && <Pager view={view} total={local.total} onView={onView} />}
    </div>
  );
}

function Heading({ column, right, sort, onSort }: { column: TableColumn; right: boolean; sort?: string; onSort?: (sort: string) => void }) {
  const state = sort === column.key ? "ascending" : sort === `-${column.key}` ? "descending" : undefined;
  const next = state === "ascending" ? `-${column.key}` : state === "descending" ? "" : column.key;
  const unit = column.unit && ["hours", "minutes"].includes(column.unit) ? ` (${column.unit})` : "";
  return (
    <th className={right ? "r" : ""} aria-sort={state} scope="col" title={column.doc || undefined}>
      {onSort ? <button type="button" onClick={() => onSort(next)}>{column.label}{unit}{state && <span aria-hidden="true">{state === "ascending" ? "↑" : "↓"}</span>}</button> : `${column.label}${unit}`}
    </th>
  );
}

function Pager({ view, total, onView }: { view: View; total: number; onView?: (changes: Partial<View>) => void }) {
  const pages = Math.max(1, Math.ceil(total / view.size));
  const from = (view.page - 1) * view.size + 1;
  return (
    <div className="pager num">
      <span>{format.number(from)} – {format.number(Math.min(total, from + view.size - 1))} of {format.number(total)}</span>
      <span className="row"><Button disabled={view.page <= 1} onClick={() => onView?.({ page: view.page - 1 })}>Previous</Button><Button disabled={view.page >= pages} onClick={() => onView?.({ page: view.page + 1 })}>Next</Button></span>
    </div>
  );
}
