/** A chart that the server draws for one object: an address that answers with an ECharts option. */
import { useGet, type Params } from "@/api/client";
import { Empty, Failed, Skeleton } from "./basics";
import { Chart, type ChartOption } from "./Chart";

interface AskedChartProps { path: string; params?: Params; label: string; empty: string; height?: number }

export function AskedChart({ path, params, label, empty, height }: AskedChartProps) {
  const asked = useGet<ChartOption>(path, { format: "json", ...params });
  if (asked.error) return <Failed error={asked.error} retry={() => void asked.refetch()} />;
  if (!asked.data) return <Skeleton height={height ?? 220} />;
  if (asked.data.callsheet?.empty) return <Empty title="Nothing to draw yet">{empty}</Empty>;
  return <Chart option={asked.data} label={label} height={height} />;
}
