/** The rows behind a metric or of a report: searched, sorted and paged on the server, with coverage and CSV. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Drawer } from "@mantine/core";
import type { ReactNode } from "react";
import { type ApiError, get, withParams, type Params } from "@/api/client";
import type { Report, Row } from "@/api/types";
import { ErrorPage } from "@/app/status";
import { coverageLine } from "@/lib/figure";
import { inferred } from "@/lib/table";
import * as format from "@/lib/format";
import { DataTable, SearchBox, useView } from "./DataTable";
import { Icon } from "./Icon";

interface RowsProps { path: string; params?: Params; tools?: ReactNode; onTable?: (table: Report) => ReactNode; empty?: ReactNode; prefix?: string }

/** `path` is /api/metrics/NAME/rows or /api/reports/NAME. */
export function Rows({ path, params, tools, onTable, empty, prefix }: RowsProps) {
  const [view, setView] = useView(prefix);
  const address = withParams(path, { ...params, page: view.page, size: view.size, sort: view.sort, q: view.q });
  const asked = useQuery<Report, ApiError>({ queryKey: ["get", address], queryFn: () => get<Report>(address), placeholderData: keepPreviousData });
  const table = asked.data;
  if (asked.error && !table) return <ErrorPage error={asked.error} retry={() => void asked.refetch()} />;
  const columns = table?.columns?.length ? table.columns : inferred(table?.rows ?? []);
  return (
    <>
      {table && onTable?.(table)}
      <div className="tools">
        <SearchBox value={view.q} onChange={(q) => setView({ q })} label="Search rows" />
        {tools}
        <span className="grow" />
        {table && <span className="mut small num">{format.count(table.total, "row")}</span>}
        <a className="btn" href={withParams(path, { ...params, sort: view.sort, q: view.q, format: "csv" })} download><Icon name="download" />CSV</a>
      </div>
      <DataTable label={table?.title ?? "Rows"} columns={columns} rows={table?.rows as Row[] | undefined} total={table?.total} view={view} onView={setView} empty={empty} tall />
      {table && (coverageLine(table) || table.note) && <div className="coverage">{[coverageLine(table), table.note].filter(Boolean).join(" · ")}</div>}
    </>
  );
}

/** The same rows beside the page, without leaving it. */
export function RowsDrawer({ title, onClose, ...rows }: RowsProps & { title: string; onClose: () => void }) {
  return <Drawer opened onClose={onClose} position="right" size="min(960px, 96vw)" title={title}><Rows {...rows} prefix={rows.prefix ?? "rows."} /></Drawer>;
}
