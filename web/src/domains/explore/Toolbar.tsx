/** Of whom, when, how finely, beside what: what every kind of question has. */
import { Segments } from "@/components/basics";
import { Typed } from "@/components/Typed";
import { now } from "@/lib/format";
import { rescaled, spanWords } from "./question";
import { Choose } from "./Controls";
import { INTERVALS, LASTS, type Interval, type Question, type Span, type Unit } from "./types";

const UNITS: { value: Unit; label: string }[] = [{ value: "person", label: "People" }, { value: "account", label: "Accounts" }];
const DISPLAYS = [["line", "lines"], ["area", "areas"], ["bar", "bars"], ["number", "totals"], ["table", "table"]] as const;
const day = (back: number) => new Date(now().getTime() - back * 86_400_000).toISOString().slice(0, 10);
/** Kinds that have no "before" to stand beside. */
const ALONE = new Set(["retention", "paths", "lifecycle", "adoption"]);
const BEFORE: (readonly [string, string])[] = [["", "not compared"], ["previous", "beside the time before"], ["7d", "beside a week earlier"], ["1m", "beside a month earlier"], ["1y", "beside a year earlier"]];
/** What a question may stand beside, with what it stands beside now however it was asked. */
const beside = (now: string | undefined) => (!now || BEFORE.some(([one]) => one === now) ? BEFORE : [...BEFORE, [now, `beside ${now} earlier`] as const]);

/** Whether intervals are part of the answer; elsewhere they only measure the span, and are days unless said otherwise. */
const hasIntervals = (question: Question) => question.kind !== "adoption" && ((question.kind !== "paths" && (question.kind !== "funnel" || question.show === "trend")) || (question.interval ?? "day") !== "day");

interface ToolbarProps { question: Question; change: (patch: Partial<Question>) => void }

export function Toolbar({ question, change }: ToolbarProps) {
  const interval = question.interval ?? "day";
  const adoption = question.kind === "adoption";
  const unit = question.unit ?? (adoption ? "account" : "person");
  return (
    <div className="tools q-tools">
      <Segments label="Counted" value={unit} options={UNITS} onChange={(to) => change({ unit: to })} />
      {adoption ? <AsOf span={question.span} onChange={(span) => change({ span })} /> : <SpanPicker span={question.span} interval={interval} onChange={(span) => change({ span })} />}
      {hasIntervals(question) && <Choose<Interval> label="Interval" value={interval} options={INTERVALS.map((one) => [one, `by ${one}`] as const)} onChange={(to) => change({ interval: to, span: rescaled(question.span, to) })} />}
      {!ALONE.has(question.kind) && <Choose label="Beside an earlier time" value={question.compare ?? ""} options={beside(question.compare)} onChange={(compare) => change({ compare })} />}
      {question.kind === "trends" && <><span className="grow" /><Choose label="Drawn as" value={question.display ?? "line"} options={DISPLAYS} onChange={(display) => change({ display } as Partial<Question>)} /></>}
    </div>
  );
}

function AsOf({ span, onChange }: { span: Span | undefined; onChange: (span: Span | undefined) => void }) {
  return <label className="q-tick">as of<Typed type="date" className="q-date" label="As of" value={span?.until ?? ""} onTake={(until) => onChange(until ? { until } : undefined)} /></label>;
}

const chosen = (value: string, week: Partial<Span>): Span => (value === "own" ? { since: day(29), until: day(0), exact: true, ...week } : value === "all" ? { since: "all", ...week } : { last: Number(value), ...week });

/** An end of a span as its field takes it: a day, and for hours the minute too. */
const edge = (value: string | undefined, interval: Interval, clock: string) => (!value || value === "all" ? "" : interval === "hour" ? `${value.slice(0, 10)}T${value.slice(11, 16) || clock}` : value.slice(0, 10));

function SpanPicker({ span, interval, onChange }: { span: Span | undefined; interval: Interval; onChange: (span: Span) => void }) {
  const all = span?.since === "all" && !span.until;
  const own = !all && Boolean(span?.since || span?.until);
  const last = span?.last ?? 30;
  const lasts = [...new Set([...LASTS[interval], ...(own || all ? [] : [last])])].sort((a, b) => a - b);
  const week = span?.week ? { week: span.week } : {};
  const typed = interval === "hour" ? "datetime-local" : "date";
  return (
    <>
      <select className="q-select" aria-label="Span" value={own ? "own" : all ? "all" : String(last)} onChange={(event) => onChange(chosen(event.target.value, week))}>
        {lasts.map((one) => <option key={one} value={one}>{spanWords({ last: one }, interval)}</option>)}
        <option value="all">all time</option>
        <option value="own">from … to …</option>
      </select>
      {own && (
        <span className="q-dates">
          <span className="q-edge"><span className="q-word">from</span><Typed type={typed} className="q-date" label="Since" value={edge(span?.since, interval, "00:00")} onTake={(since) => onChange({ ...span, since, exact: true })} /></span>
          <span className="q-edge"><span className="q-word">to</span><Typed type={typed} className="q-date" label="Until, included" value={edge(span?.until, interval, "23:59")} onTake={(until) => onChange({ ...span, until, exact: true })} /></span>
        </span>
      )}
    </>
  );
}
