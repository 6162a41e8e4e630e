/** How an account changed: plan, revenue, segment and owner over time, who said so, and what it was on a day. */
import { useMemo, useState } from "react";
import type { AccountChange } from "@/api/generated";
import { Empty, Section } from "@/components/basics";
import { Chart, type ChartOption } from "@/components/Chart";
import { RefLink } from "@/components/Go";
import * as format from "@/lib/format";
import { useSourceName } from "./events/names";

const FIELDS = ["plan", "segment", "revenue", "owner"] as const;
const told = (one: AccountChange) => (one.value === null ? "nobody says any more" : one.name === "revenue" ? `${format.money(Number(one.value))} a year` : String(one.value));

const DAY = 86_400_000;
const when = (one: AccountChange) => format.instant(one.since_at).getTime();

/** Revenue as steps, with the plan written where it changed. */
function steps(course: AccountChange[]): ChartOption {
  const end = format.now().getTime();
  const revenue = course.filter((one) => one.name === "revenue");
  const points = revenue.map((one) => [when(one), one.value] as [number, number | null]);
  const last = points.at(-1);
  const plans = course.filter((one) => one.name === "plan" && one.value !== null);
  return {
    callsheet: { unit: "money", height: 170 },
    grid: { left: 8, right: 56, top: 34, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    tooltip: { trigger: "axis" },
    xAxis: { type: "time", minInterval: DAY, min: (range: { min: number; max: number }) => Math.min(range.min, range.max - 28 * DAY), axisLine: { lineStyle: { color: "@line" } }, axisTick: { show: false }, axisLabel: { color: "@ink-3", fontSize: 11, hideOverlap: true, formatter: (at: number) => format.date(new Date(at).toISOString()) }, splitLine: { show: false } },
    yAxis: { type: "value", min: 0, splitLine: { lineStyle: { color: "@line-soft" } }, axisLabel: { color: "@ink-3", fontSize: 11 } },
    series: [{
      type: "line", step: "end", name: "Revenue a year", data: last ? [...points, [end, last[1]]] : [], showSymbol: points.length < 2, lineStyle: { color: "@accent", width: 2 }, itemStyle: { color: "@accent" }, areaStyle: { color: "@accent/15" },
      markLine: { symbol: "none", silent: true, lineStyle: { color: "@line", type: "dashed" }, label: { color: "@ink-3", fontSize: 11, position: "end", rotate: 0, align: "left", verticalAlign: "bottom", distance: 2, formatter: "{b}" }, data: plans.map((one) => ({ name: String(one.value), xAxis: when(one) })) },
    }],
  };
}

function Said({ one }: { one: AccountChange }) {
  return one.name === "owner" && one.value !== null ? <RefLink of={`person:${String(one.value)}`} /> : told(one);
}

export function AccountCourse({ course, name }: { course: AccountChange[]; name: string }) {
  const [day, setDay] = useState("");
  const nameOf = useSourceName();
  const option = useMemo(() => steps(course), [course]);
  const changes = course.filter((one) => one.name !== "name");
  if (!changes.length) return <Section title="Over time"><div className="card"><Empty title="Nothing is known of plan, revenue, segment or owner">They come with group calls of an SDK, or with accounts that you bring in.</Empty></div></Section>;
  const drawn = changes.filter((one) => one.name === "revenue" || one.name === "plan");
  const moved = drawn.some((one) => one.name === "revenue") && new Set(drawn.map((one) => one.since_at.slice(0, 10))).size > 1;
  const then = FIELDS.map((field) => [field, changes.filter((one) => one.name === field && (!day || one.since_at.slice(0, 10) <= day)).at(-1)] as const);
  return (
    <div className="two">
      <Section title="Over time" note="revenue a year, and the plan from where it changed"><div className="card pad">{moved ? <Chart option={option} label={`Revenue and plan of ${name} over time`} /> : <Empty title="No change yet">Revenue and plan are drawn here once one of them changes.</Empty>}</div></Section>
      <Section title="What is known" end={<label className="row small">As of <input type="date" className="input" value={day} onChange={(event) => setDay(event.target.value)} aria-label="As of" style={{ width: 150 }} /></label>}>
        <div className="card pad"><dl className="facts">{then.map(([field, one]) => (
          <div key={field} style={{ display: "contents" }}><dt>{format.humanise(field)}</dt><dd>{one ? <><Said one={one} /> <span className="sub">known since {format.date(one.since_at, "long")}, from {nameOf(one.source) || "an import"}</span></> : <span className="mut">not known</span>}</dd></div>
        ))}</dl></div>
        <div className="card whos scroll" style={{ maxHeight: 220, overflowY: "auto", marginTop: 12 }} tabIndex={0} role="region" aria-label="Changes">
          {[...changes].reverse().map((one) => (
            <div className="who-row" key={`${one.name}${one.since_at}`}><span>{format.humanise(one.name)}: <Said one={one} /> <span className="sub">from {nameOf(one.source) || "an import"}</span></span><span className="mut small num">{format.dateTime(one.since_at)}</span></div>
          ))}
        </div>
      </Section>
    </div>
  );
}
