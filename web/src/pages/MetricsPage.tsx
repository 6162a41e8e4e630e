/** Every metric with its definition; its course and its rows for a period and a scope of one's own. */
import { useMemo } from "react";
import { useGet } from "@/api/client";
import type { Figure, MetricEntry } from "@/api/types";
import { Answer, Empty, Pill, Section } from "@/components/basics";
import { Chart, type ChartOption } from "@/components/Chart";
import { SearchBox } from "@/components/DataTable";
import { Meaning } from "@/components/Figure";
import { ExploreTabs } from "@/components/ExploreTabs";
import { Go } from "@/components/Go";
import { Head, Page } from "@/components/Page";
import { PeriodPicker, usePeriod } from "@/components/PeriodPicker";
import { tone } from "@/lib/figure";
import * as format from "@/lib/format";
import { changed, useUrlState } from "@/lib/url";

export default function MetricsPage() {
  const [metric] = useUrlState("metric", "");
  const [q, setQ] = useUrlState("find", "");
  const asked = useGet<MetricEntry[]>("/api/metrics");
  return (
    <Page title="Metrics" width="wide" crumbs={[{ label: "Explore", href: "/explore" }]} actions={<Go className="btn" href="/reports">Reports</Go>}>
      <ExploreTabs on="metrics" />
      <Head title="Metrics" sub="One definition a metric: page, mail, command, detector and assistant read the same." />
      <Answer of={asked}>
        {(metrics) => {
          const shown = metrics.filter((one) => `${one.title} ${one.name} ${one.definition ?? ""}`.toLowerCase().includes(q.toLowerCase()));
          const entry = metrics.find((one) => one.name === metric) ?? shown[0];
          return (
            <div className="pickers">
              <div>
                <div className="tools"><SearchBox value={q} onChange={setQ} label={`Search ${metrics.length} metrics`} /></div>
                <nav className="card picklist" aria-label="Metrics"><List metrics={shown} chosen={entry?.name} /></nav>
              </div>
              {entry ? <Explored key={entry.name} entry={entry} /> : <div className="card"><Empty title={metrics.length ? `No metric matches “${q}”` : "No metrics are installed"} /></div>}
            </div>
          );
        }}
      </Answer>
    </Page>
  );
}

function List({ metrics, chosen }: { metrics: MetricEntry[]; chosen?: string }) {
  const period = usePeriod();
  const href = (name: string) => `/explore/metrics${changed("", { metric: name, ...Object.fromEntries(Object.entries(period).map(([key, value]) => [key, String(value ?? "")])) })}`;
  return [...Map.groupBy(metrics, (one) => one.domain ?? one.name.split(".")[0]!)].map(([domain, all]) => (
    <div key={domain}>
      <div className="group">{format.humanise(domain)}</div>
      {all.map((one) => <Go key={one.name} className={`rail-link${one.name === chosen ? " on" : ""}`} aria-current={one.name === chosen ? "true" : undefined} href={href(one.name)}>{one.title}<span className="n">{one.unit}</span></Go>)}
    </div>
  ));
}

function course(figure: Figure): ChartOption {
  const series = figure.series ?? [];
  const colour = `@${tone(figure.change, figure.better) === "ink-3" ? "accent" : tone(figure.change, figure.better)}`;
  const full = series.map((point) => (point.partial ? null : point.amount));
  const partial = series.map((point, i) => (point.partial || series[i + 1]?.partial ? point.amount : null));
  const line = { type: "line", symbolSize: 5, connectNulls: false, lineStyle: { width: 2, color: colour }, itemStyle: { color: colour } };
  return {
    callsheet: { unit: figure.unit, height: 250 },
    grid: { left: 8, right: 20, top: 28, bottom: 6, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    tooltip: { trigger: "axis" },
    xAxis: { type: "category", boundaryGap: false, data: series.map((point) => format.date(point.since)), axisLine: { lineStyle: { color: "@line" } }, axisTick: { show: false }, axisLabel: { color: "@ink-3", fontSize: 11 } },
    yAxis: { type: "value", scale: true, name: figure.unit, nameTextStyle: { color: "@ink-3", fontSize: 11, align: "right" }, splitLine: { lineStyle: { color: "@line-soft" } }, axisLabel: { color: "@ink-3", fontSize: 11 } },
    series: [{ ...line, name: figure.title, data: full }, { ...line, id: "_partial", name: "not over yet", data: partial, lineStyle: { width: 2, color: colour, type: "dashed" } }],
  };
}

function Explored({ entry }: { entry: MetricEntry }) {
  const period = usePeriod();
  const asked = useGet<Figure>(`/api/metrics/${encodeURIComponent(entry.name)}`, period);
  const option = useMemo(() => (asked.data ? course(asked.data) : null), [asked.data]);
  return (
    <div>
      <div className="tools"><PeriodPicker scopes={entry.scopes} />{entry.better === "higher" || entry.better === "lower" ? <Pill>{entry.better} is better</Pill> : null}</div>
      <Answer of={asked}>
        {(figure) => (
          <>
            <div className="card pad"><Meaning figure={figure} here /></div>
            <Section title="Course" note={`${figure.series?.length ?? 0} periods of the same length; the dashed part is not over`}>
              <div className="card pad">{option && figure.series?.some((point) => point.amount !== null) ? <Chart option={option} label={`Course of ${figure.title}`} /> : <Empty title="No data in these periods">Choose a longer period.</Empty>}</div>
            </Section>
          </>
        )}
      </Answer>
    </div>
  );
}
