/** A named report as a table with its coverage, paged and sorted here. */
import type { ReactNode } from "react";
import { useGet, type Params } from "@/api/client";
import type { Report, Row } from "@/api/types";
import { Answer } from "@/components/basics";
import { DataTable, type TableColumn, useView } from "@/components/DataTable";
import { coverageLine } from "@/lib/figure";

interface ReportTableProps {
  report: string;
  label: string;
  params?: Params;
  /** Columns shown, in order; without it all of the report. */
  only?: string[];
  render?: Record<string, (row: Row) => ReactNode>;
  href?: (row: Row) => string | undefined;
  empty?: ReactNode;
  keys?: boolean;
  prefix: string;
  size?: number;
}

export function ReportTable({ report, label, params, only, render, href, empty, keys, prefix, size = 20 }: ReportTableProps) {
  const asked = useGet<Report>(`/api/reports/${report}`, { ...params, size: 500 });
  const [view, setView] = useView(prefix, size);
  return (
    <Answer of={asked}>
      {(table) => {
        const known = new Map(table.columns.map((column) => [column.key, column]));
        const columns: TableColumn[] = (only ?? [...known.keys()]).flatMap((key) => {
          const column = known.get(key);
          return column ? [{ ...column, render: render?.[key] }] : [];
        });
        const said = [coverageLine(table), table.note].filter(Boolean).join(" · ");
        return (
          <>
            <DataTable label={label} columns={columns} rows={table.rows} view={view} onView={setView} href={href} empty={empty} keys={keys ?? false} />
            {said && <div className="coverage">{said}</div>}
          </>
        );
      }}
    </Answer>
  );
}
