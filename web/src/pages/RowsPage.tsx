/** The rows behind a figure: /rows?metric=delivery.cycle_time&since=…&until=… */
import { useGet } from "@/api/client";
import type { MetricEntry } from "@/api/types";
import { Empty } from "@/components/basics";
import { Go } from "@/components/Go";
import { Head, Page } from "@/components/Page";
import { PeriodPicker, usePeriod } from "@/components/PeriodPicker";
import { Rows } from "@/components/Rows";
import * as format from "@/lib/format";
import { useUrlState } from "@/lib/url";

export default function RowsPage() {
  const [metric] = useUrlState("metric", "");
  const period = usePeriod();
  const known = useGet<MetricEntry[]>("/api/metrics");
  const entry = known.data?.find((one) => one.name === metric);
  const title = entry?.title ?? format.humanise(metric || "rows");
  if (!metric) return <Page title="Rows"><div className="card"><Empty title="No figure is named" action={{ label: "Choose one", href: "/explore/metrics" }}>Rows are opened from a figure.</Empty></div></Page>;
  return (
    <Page title="Rows" width="wide" crumbs={[{ label: "Explore", href: `/explore/metrics?metric=${metric}` }, { label: title }]}>
      <Rows path={`/api/metrics/${encodeURIComponent(metric)}/rows`} params={period} tools={<PeriodPicker scopes={entry?.scopes} />}
        onTable={(table) => <Head title={`Rows behind “${table.title || title}”`} kicker={table.period ? format.periodText(table.period.since, table.period.until) : undefined} sub={table.definition || entry?.definition} end={<Go className="btn" href={`/explore/metrics?metric=${metric}`}>Explore</Go>} />}
        empty={<Empty title="No rows in this period" action={{ label: "Explore the metric", href: `/explore/metrics?metric=${metric}` }}>Choose a longer period, or bring in data under Settings, Imports.</Empty>} />
    </Page>
  );
}
