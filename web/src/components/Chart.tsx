/** A chart from an ECharts option as the server builds it (callsheet.charts): tokens for colours, no functions. */
import { useEffect, useMemo, useRef, useState } from "react";
import { useColors } from "@/app/colors";
import { useGet, type Params } from "@/api/client";
import * as format from "@/lib/format";
import { cssTokens, resolve } from "@/lib/tokens";
import { Empty, Failed, Skeleton } from "./basics";

export interface ChartOption {
  callsheet?: { chart?: string; unit?: string; height?: number; empty?: boolean };
  [key: string]: unknown;
}
interface Instance { setOption(option: object, settings?: object): void; resize(): void; dispose(): void; on(event: string, handler: (event: never) => void): void }
export interface ChartClick { name?: string; value?: unknown; data?: unknown; seriesName?: string; seriesId?: string; dataIndex?: number }
/** A point, bar, cell or band of a chart: the id of its series, its place, where it stands and what it says. */
export interface ChartSpot { series?: string; index?: number; x?: unknown; value?: unknown; data?: unknown }

/** Pixels below which the words of marks would run into each other; the marks stay. */
const NARROW = 480;
/** The part of a narrow chart that names at the ends of lines may take; beyond it they stand below. */
const FOR_NAMES = 0.25;
const ENDS = "_labels";
/** Pixels that a number in a cell of a grid takes, and about those of the names beside its rows. */
const CELL = 20, ROW_NAMES = 90;
interface End { name: string; color: string }
type Part = Record<string, unknown>;

/** Names at the ends of lines that would leave too little room for the lines, from the top down; none where they fit. */
function endsBelow(option: ChartOption, width: number): End[] {
  const right = Number((option.grid as Part | undefined)?.right ?? 0);
  if (width >= NARROW || right < FOR_NAMES * width) return [];
  const series = (option.series as Part[] | undefined) ?? [];
  const drawn = (name: string) => (series.find((one) => one.name === name)?.itemStyle as { color?: string } | undefined)?.color;
  const labels = series.find((one) => one.id === ENDS)?.data as { name: string; label?: { color?: string } }[] | undefined;
  const tokens = cssTokens();
  return [...(labels ?? [])].reverse().map((one) => resolve({ name: one.name, color: drawn(one.name) ?? one.label?.color ?? "@ink-2" }, tokens) as unknown as End);
}

/** The option as this browser shows it: colours of the theme, numbers in the chart's unit, our font. */
function dressed(option: ChartOption, label: string, width: number): object {
  const tokens = cssTokens();
  const { callsheet, ...rest } = option;
  const shown = resolve(rest, tokens) as Record<string, unknown>;
  const tooltip = shown.tooltip as Record<string, unknown> | undefined;
  const unit = callsheet?.unit;
  if (tooltip && !Array.isArray(tooltip)) {
    shown.tooltip = {
      confine: true, backgroundColor: tokens("raised"), borderColor: tokens("line"), textStyle: { color: tokens("ink"), fontSize: 12 },
      valueFormatter: (value: unknown) => (Array.isArray(value) ? value : [value]).map((one) => format.value(one, unit)).join(" – "), ...tooltip,
    };
  }
  if (endsBelow(option, width).length) {
    shown.series = (shown.series as Part[]).filter((one) => one.id !== ENDS);
    shown.grid = { ...(shown.grid as Part), right: 14 };
  }
  if (width < NARROW && Array.isArray(shown.series)) shown.series = (shown.series as Part[]).map((one) => (one.markLine ? { ...one, markLine: { ...(one.markLine as object), label: { show: false } } } : one));
  if (callsheet?.chart === "heatmap" && crowded(shown, width)) shown.series = (shown.series as Part[]).map((one) => ({ ...one, label: { show: false }, itemStyle: { ...(one.itemStyle as object), borderWidth: 1, borderRadius: 1 } }));
  shown.textStyle = { fontFamily: getComputedStyle(document.body).fontFamily, ...(shown.textStyle as object | undefined) };
  shown.aria = { enabled: true, label: { description: label }, ...(shown.aria as object | undefined) };
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) shown.animation = false;
  return shown;
}

/** Whether the cells of a grid are too narrow for what is written in them; to point at one still tells it. */
function crowded(shown: Record<string, unknown>, width: number): boolean {
  const columns = ((shown.xAxis as Part | undefined)?.data as unknown[] | undefined)?.length ?? 0;
  return columns > 0 && (width - ROW_NAMES) / columns < CELL;
}

/** `onSpot`: what is pressed; on lines, the point that is nearest. */
interface ChartProps { option: ChartOption; height?: number | "100%"; label: string; onClick?: (event: ChartClick) => void; onSpot?: (spot: ChartSpot) => void }

export function Chart({ option, height, label, onClick, onSpot }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<Instance | null>(null);
  const click = useRef(onClick);
  const press = useRef(onSpot);
  const { dark } = useColors();
  const [ready, setReady] = useState(false);
  const [width, setWidth] = useState(NARROW);
  useEffect(() => {
    click.current = onClick;
    press.current = onSpot;
  });
  useEffect(() => {
    let gone = false;
    let observer: ResizeObserver | undefined;
    void import("./charting").then(({ init }) => {
      if (gone || !box.current) return;
      const made = init(box.current, null, { renderer: "svg" }) as unknown as Instance;
      made.on("click", (event) => click.current?.(event as ChartClick));
      if (press.current) void import("./pressed").then(({ pressed }) => !gone && pressed(made as never, (spot) => press.current?.(spot)));
      chart.current = made;
      observer = new ResizeObserver(() => {
        made.resize();
        setWidth((now) => (box.current && (box.current.clientWidth < NARROW || now < NARROW) ? box.current.clientWidth : now));
      });
      observer.observe(box.current);
      setReady(true);
    });
    return () => {
      gone = true;
      observer?.disconnect();
      chart.current?.dispose();
      chart.current = null;
    };
  }, []);
  useEffect(() => {
    if (ready) chart.current?.setOption(dressed(option, label, box.current?.clientWidth ?? NARROW), { notMerge: true });
  }, [ready, option, dark, label, width]);
  const below = useMemo(() => (ready ? endsBelow(option, width) : []), [ready, option, dark, width]); // eslint-disable-line react-hooks/exhaustive-deps -- colours follow the theme
  return (
    <>
      <div ref={box} role="img" aria-label={label} style={{ height: height ?? option.callsheet?.height ?? 260, width: "100%" }} />
      {below.length > 0 && <ul className="chart-ends small">{below.map((one) => <li key={one.name}><i style={{ background: one.color }} />{one.name}</li>)}</ul>}
    </>
  );
}

interface ReportChartProps { report: string; params?: Params; label: string; height?: number; onClick?: (event: ChartClick) => void }

/** The chart of a named report, asked from the server. */
export function ReportChart({ report, params, ...rest }: ReportChartProps) {
  const asked = useGet<ChartOption>(`/api/reports/${encodeURIComponent(report)}/chart`, { format: "json", ...params });
  if (asked.error) return <Failed error={asked.error} retry={() => void asked.refetch()} />;
  if (!asked.data) return <Skeleton height={rest.height ?? 220} />;
  if (asked.data.callsheet?.empty) return <Empty title="Nothing to draw yet">The chart appears when its report has rows in this period.</Empty>;
  return <Chart option={asked.data} {...rest} />;
}
