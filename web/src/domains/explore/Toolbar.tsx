/** Of whom, when, how finely, beside what: what every kind of question has. */
import { Segments } from "@/components/basics";
import { Typed, TypedNumber } from "@/components/Typed";
import { now } from "@/lib/format";
import { Choose, Tick } from "./Controls";
import { CALENDAR, calendarWords, readMoment } from "./moment";
import { MomentChoice } from "./MomentChoice";
import { rescaled, spanWords, WHOLE } from "./question";
import { FINE, intervalsOf, LASTS, type Interval, type Question, type Span, type Unit } from "./types";

const UNITS: { value: Unit; label: string }[] = [{ value: "person", label: "People" }, { value: "account", label: "Accounts" }];
const DISPLAYS = [["line", "lines"], ["area", "areas"], ["bar", "bars"], ["number", "totals"], ["table", "table"]] as const;
const day = (back: number) => new Date(now().getTime() - back * 86_400_000).toISOString().slice(0, 10);
/** Kinds that have no "before" to stand beside. */
const ALONE = new Set(["retention", "paths", "lifecycle", "rhythm", "adoption"]);
const BEFORE = [["", "not compared"], ["previous", "beside the time before"], ["7d", "beside a week earlier"], ["1m", "beside a month earlier"], ["1y", "beside a year earlier"], ["own", "beside … earlier"]] as const;
const EARLIER = [["d", "days earlier"], ["w", "weeks earlier"], ["m", "months earlier"], ["y", "years earlier"]] as const;
const WEEKS = [["monday", "weeks from Monday"], ["sunday", "weeks from Sunday"]] as const;

/** Whether intervals are part of the answer; elsewhere they only measure the span, and are days unless said otherwise. */
const hasIntervals = (question: Question) => question.kind !== "adoption" && ((question.kind !== "paths" && question.kind !== "rhythm" && (question.kind !== "funnel" || question.show === "trend")) || (question.interval ?? "day") !== "day");

interface ToolbarProps { question: Question; change: (patch: Partial<Question>) => void }

export function Toolbar({ question, change }: ToolbarProps) {
  const interval = question.interval ?? "day";
  const adoption = question.kind === "adoption";
  const unit = question.unit ?? (adoption ? "account" : "person");
  return (
    <div className="tools q-tools">
      <Segments label="Counted" value={unit} options={UNITS} onChange={(to) => change({ unit: to })} />
      {adoption ? <AsOf span={question.span} onChange={(span) => change({ span })} /> : <SpanPicker span={question.span} interval={interval} whole={WHOLE.has(question.kind)} onChange={(span) => change({ span })} />}
      {hasIntervals(question) && <Choose<Interval> label="Interval" value={interval} options={intervalsOf(question.kind).map((one) => [one, `by ${one}`] as const)} onChange={(to) => change({ interval: to, span: rescaled(question.span, to) })} />}
      {((hasIntervals(question) && interval === "week") || question.kind === "rhythm") && <Choose label="Weeks begin on" value={question.span?.week ?? "monday"} options={WEEKS} onChange={(week) => change({ span: { ...(question.span ?? { last: 30 }), week: week === "monday" ? undefined : week } })} />}
      {!ALONE.has(question.kind) && <Beside compare={question.compare ?? ""} onChange={(compare) => change({ compare })} />}
      {question.kind === "trends" && <><span className="grow" /><Choose label="Drawn as" value={question.display ?? "line"} options={DISPLAYS} onChange={(display) => change({ display } as Partial<Question>)} /></>}
    </div>
  );
}

function AsOf({ span, onChange }: { span: Span | undefined; onChange: (span: Span | undefined) => void }) {
  return <label className="q-tick">as of<Typed type="date" className="q-date" label="As of" value={span?.until ?? ""} onTake={(until) => onChange(until ? { until } : undefined)} /></label>;
}

/** What an answer stands beside: the time before, or one that begins so much earlier. */
function Beside({ compare, onChange }: { compare: string; onChange: (compare: string) => void }) {
  const [, amount, size] = /^(\d+)([dwmy])$/.exec(compare) ?? [];
  const own = !BEFORE.some(([one]) => one === compare);
  return (
    <>
      <Choose label="Beside an earlier time" value={own ? "own" : compare} options={BEFORE} onChange={(to) => onChange(to === "own" ? "2w" : to)} />
      {own && amount && <span className="q-edge"><TypedNumber className="q-num" label="How much earlier" min={1} max={9999} nothing={undefined} value={Number(amount)} onTake={(to) => onChange(`${to ?? amount}${size}`)} /><Choose label="Earlier by" value={size!} options={EARLIER} onChange={(to) => onChange(`${amount}${to}`)} /></span>}
    </>
  );
}

const named = ([since, until]: readonly [string, string]) => `${since} ${until}`;

function chosen(value: string, week: Partial<Span>): Span {
  if (value === "own") return { since: day(29), until: day(0), exact: true, ...week };
  const calendar = CALENDAR.find((one) => named(one) === value);
  if (calendar) return { since: calendar[0], until: calendar[1], exact: true, ...week };
  return value === "all" ? { since: "all", ...week } : { last: Number(value), ...week };
}

/** An end of a span as its field takes it: for hours and minutes, a day's minute too. */
function edge(value: string | undefined, interval: Interval, clock: string) {
  const text = !value || value === "all" ? "" : value;
  const days = /^\d{4}-/.test(text) || !text;
  return days && FINE.has(interval) ? (text ? `${text.slice(0, 10)}T${text.slice(11, 16) || clock}` : "") : text;
}

interface SpanProps { span: Span | undefined; interval: Interval; whole: boolean; onChange: (span: Span) => void }

function SpanPicker({ span, interval, whole, onChange }: SpanProps) {
  const all = span?.since === "all" && !span.until;
  const calendar = span?.since && calendarWords(span) ? named([span.since, span.until ?? ""]) : "";
  const own = !all && !calendar && Boolean(span?.since || span?.until);
  const lasts = [...new Set([...LASTS[interval], ...(own || all || calendar ? [] : [span?.last ?? 30])])].sort((a, b) => a - b);
  const week = span?.week ? { week: span.week } : {};
  return (
    <>
      <select className="q-select" aria-label="Span" value={own ? "own" : all ? "all" : calendar || String(span?.last ?? 30)} onChange={(event) => onChange(chosen(event.target.value, week))}>
        {lasts.map((one) => <option key={one} value={one}>{spanWords({ last: one }, interval)}</option>)}
        <optgroup label="By the calendar">{CALENDAR.map((one) => <option key={named(one)} value={named(one)}>{calendarWords({ since: one[0], until: one[1] })}</option>)}</optgroup>
        <option value="all">all time</option>
        <option value="own">from … to …</option>
      </select>
      {own && <Edges span={span!} interval={interval} onChange={onChange} />}
      {own && !whole && (interval === "week" || interval === "month") && <Tick label={`whole ${interval}s`} title={`From the beginning of the first ${interval} to the end of the last`} on={!span?.exact} onChange={(on) => onChange({ ...span, exact: !on })} />}
    </>
  );
}

/** From when to when. Days are counted as they are typed, minutes too; weeks and months are whole where that is asked. */
function Edges({ span, interval, onChange }: { span: Span; interval: Interval; onChange: (span: Span) => void }) {
  const set = (patch: Partial<Span>) => onChange({ ...span, ...patch, exact: interval === "week" || interval === "month" ? span.exact : true });
  const kinds = FINE.has(interval) ? (["minute", "ago", "start", "end"] as const) : undefined;
  const typed = (text: string, clock: string) => (FINE.has(interval) && readMoment(text).told === "day" ? edge(text, interval, clock) : text);
  return (
    <span className="q-dates">
      <span className="q-edge"><span className="q-word">from</span><MomentChoice label="Since" kinds={kinds} value={edge(span.since, interval, "00:00")} onChange={(since) => set({ since: typed(since, "00:00") })} /></span>
      <span className="q-edge"><span className="q-word">to</span><MomentChoice label="Until, included" kinds={kinds} value={edge(span.until, interval, "23:59")} onChange={(until) => set({ until: typed(until, "23:59") })} /></span>
    </span>
  );
}
