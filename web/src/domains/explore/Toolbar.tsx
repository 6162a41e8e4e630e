/** Of whom, when, how finely, beside what: what every kind of question has. */
import { Segments } from "@/components/basics";
import { Typed } from "@/components/Typed";
import { now } from "@/lib/format";
import { rescaled, spanWords } from "./question";
import { Choose } from "./Settings";
import { INTERVALS, LASTS, type Interval, type Question, type Span, type Unit } from "./types";

const UNITS: { value: Unit; label: string }[] = [{ value: "person", label: "People" }, { value: "account", label: "Accounts" }];
const DISPLAYS = [["line", "lines"], ["area", "areas"], ["bar", "bars"], ["number", "totals"], ["table", "table"]] as const;
const day = (back: number) => new Date(now().getTime() - back * 86_400_000).toISOString().slice(0, 10);
/** Kinds that have no "before" to stand beside. */
const ALONE = new Set(["retention", "paths", "lifecycle", "adoption"]);

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
      {!ALONE.has(question.kind) && <label className="q-tick"><input type="checkbox" checked={question.compare === "previous"} onChange={(event) => change({ compare: event.target.checked ? "previous" : "" })} />beside the time before</label>}
      {question.kind === "trends" && <><span className="grow" /><Choose label="Drawn as" value={question.display ?? "line"} options={DISPLAYS} onChange={(display) => change({ display } as Partial<Question>)} /></>}
    </div>
  );
}

function AsOf({ span, onChange }: { span: Span | undefined; onChange: (span: Span | undefined) => void }) {
  return <label className="q-tick">as of<Typed type="date" className="q-date" label="As of" value={span?.until ?? ""} onTake={(until) => onChange(until ? { until } : undefined)} /></label>;
}

function SpanPicker({ span, interval, onChange }: { span: Span | undefined; interval: Interval; onChange: (span: Span) => void }) {
  const own = Boolean(span?.since || span?.until);
  const last = span?.last ?? 30;
  const lasts = [...new Set([...LASTS[interval], ...(own ? [] : [last])])].sort((a, b) => a - b);
  const week = span?.week ? { week: span.week } : {};
  return (
    <>
      <select className="q-select" aria-label="Span" value={own ? "own" : String(last)} onChange={(event) => onChange(event.target.value === "own" ? { since: day(29), until: day(0), ...week } : { last: Number(event.target.value), ...week })}>
        {lasts.map((one) => <option key={one} value={one}>{spanWords({ last: one }, interval)}</option>)}
        <option value="own">from … to …</option>
      </select>
      {own && <><Typed type="date" className="q-date" label="Since" value={span?.since?.slice(0, 10) ?? ""} max={span?.until || undefined} onTake={(since) => onChange({ ...span, since })} /><Typed type="date" className="q-date" label="Until, included" value={span?.until?.slice(0, 10) ?? ""} min={span?.since || undefined} onTake={(until) => onChange({ ...span, until })} /></>}
    </>
  );
}
