/** Any named report: its chart, its table, where its definition comes from. */
import { useParams } from "@tanstack/react-router";
import { useGet, withParams } from "@/api/client";
import type { ReportEntry } from "@/api/types";
import { ReportChart } from "@/components/Chart";
import { Head, Page } from "@/components/Page";
import { PeriodPicker, usePeriod } from "@/components/PeriodPicker";
import { Rows } from "@/components/Rows";
import * as format from "@/lib/format";

export default function ReportPage() {
  const { name } = useParams({ strict: false }) as { name: string };
  const period = usePeriod();
  const known = useGet<ReportEntry[]>("/api/reports");
  const entry = known.data?.find((one) => one.name === name);
  const title = entry?.title ?? format.humanise(name);
  const path = `/api/reports/${encodeURIComponent(name)}`;
  const picture = (kind: string) => withParams(`${path}/chart`, { ...period, format: kind, width: 1200, height: 600 });
  return (
    <Page title={title} crumbs={[{ label: "Reports", href: "/reports" }]} actions={entry?.has_chart && <><a className="btn hide" href={picture("svg")} target="_blank" rel="noreferrer">SVG</a><a className="btn hide" href={picture("png")} target="_blank" rel="noreferrer">PNG</a></>}>
      <Rows key={name} path={path} params={period} tools={<PeriodPicker scopes={entry?.scopes} />}
        onTable={(table) => (
          <>
            <Head title={table.title || title} kicker={table.period ? format.periodText(table.period.since, table.period.until) : undefined} sub={table.definition} />
            {table.has_chart && <div className="card pad" style={{ marginBottom: 16 }}><ReportChart report={name} params={period} label={table.title} /></div>}
          </>
        )} />
      {entry?.source && <div className="coverage">Source of the definition: {entry.source}</div>}
    </Page>
  );
}
