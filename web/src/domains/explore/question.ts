/** Questions as text of an address, as words, and from one kind to another. All pure. */
import { localMoment, spelled } from "@/lib/format";
import { calendarWords, momentWords, readMoment } from "./moment";
import type { Along, Breakdown, Question, Kind, Series, Span, TrendsQuestion, Vocabulary } from "./types";
import { FINE, KINDS, LASTS, MATHS, USUAL, type Interval } from "./types";
import { fieldWords, finished } from "./where";

type Loose = Record<string, unknown>;

const empty = (value: unknown) => value === undefined || value === null || value === "" || value === false || (Array.isArray(value) && !value.length);

/** Leaves out what says nothing, at every depth, so that addresses stay short. Objects in lists stay, also empty ones; 0 stays. */
function pruned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pruned);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).filter(([, one]) => !empty(one)).map(([key, one]) => [key, pruned(one)]));
}

/** What was said of a question, without what says nothing. Two questions that ask the same have the same text, mostly. */
export function plain<Q extends Question>(question: Q): Q {
  return pruned(question) as Q;
}

/** What is in a list that was begun and not finished, by the list's name. */
const BEGUN: Record<string, (all: never[]) => unknown[]> = { where: finished, clean: (all: { pattern?: string }[]) => all.filter(({ pattern }) => pattern), groups: (all: string[]) => all.filter(Boolean) };

/** Leaves out what is not finished, wherever it stands: conditions, patterns, groups. */
export function withoutBegun<T>(value: T): T {
  const left = (one: unknown): unknown => {
    if (Array.isArray(one)) return one.map(left);
    if (one === null || typeof one !== "object") return one;
    return Object.fromEntries(Object.entries(one).map(([key, held]) => [key, BEGUN[key] && Array.isArray(held) ? BEGUN[key](held as never[]) : left(held)]));
  };
  return left(value) as T;
}

/** The question as it is sent: what is not finished is left out, wherever it stands. */
export function sent<Q extends Question>(question: Q): Q {
  const exact = asExact(question);
  const noCohort = question.breakdown?.by === "cohort" && !question.breakdown.cohorts?.length;
  return plain(withoutBegun(noCohort ? { ...exact, breakdown: undefined } : exact));
}

/** Kinds that count by whole intervals only. */
export const WHOLE = new Set<Kind>(["retention", "lifecycle", "adoption"]);

/** Days are counted as they are typed, but where only whole intervals can be, as kinds say; hours and minutes that are whole need not be cut. */
function asExact<Q extends Question>(question: Q): Q {
  const { span } = question;
  if (!span?.exact) return question;
  const fits = span.since && span.since !== "all" && !WHOLE.has(question.kind) && question.interval !== "minute" && (question.interval !== "hour" || !wholeHours(span));
  return fits ? question : { ...question, span: { ...span, exact: undefined } };
}

const wholeHours = ({ since = "", until = "" }: Span) => ["", "00"].includes(since.slice(14, 16)) && ["", "00", "59"].includes(until.slice(14, 16));

export const written = (question: Question) => JSON.stringify(plain(question));

const LISTS: Partial<Record<Kind, string>> = { trends: "series", stickiness: "series", funnel: "steps" };

/** The question that an address holds; null for what is none. What is wrong inside of it, the server says. */
export function read(text: string): Question | null {
  let raw: Loose;
  try {
    raw = JSON.parse(text) as Loose;
  } catch {
    return null;
  }
  if (!raw || typeof raw !== "object" || !KINDS.some((one) => one.kind === raw.kind)) return null;
  const list = LISTS[raw.kind as Kind];
  if (list && !Array.isArray(raw[list])) return null;
  if (raw.along && !Array.isArray((raw.along as Loose).steps)) return null;
  if (raw.kind === "retention") return { start: {}, back: {}, ...raw } as unknown as Question;
  return raw as unknown as Question;
}

/** Series that a question is made of, whatever its kind calls them. */
export function seriesOf(question: Question): Series[] {
  if (question.kind === "trends" || question.kind === "stickiness") return question.series;
  if (question.kind === "funnel") return question.steps;
  if (question.kind === "retention") return [question.start, question.back];
  if (question.kind === "lifecycle" || question.kind === "sessions" || question.kind === "rhythm") return question.series ? [question.series] : [];
  if (question.kind !== "paths") return [];
  return question.along?.steps ?? (question.events?.length ? [{ events: question.events }] : []);
}

/** The first question of a workspace: its most frequent event, the last 30 days. */
export function first(words: Vocabulary): TrendsQuestion {
  const event = words.events[0]?.name;
  return { kind: "trends", series: [event ? { events: [event] } : {}], span: { last: 30 } };
}

const bare = ({ events, where, label }: Series): Series => ({ events, where, label });

/** The question as another kind: events, conditions, span and unit are kept as far as the kind has room for them. */
export function turned(question: Question, kind: Kind, words: Vocabulary): Question {
  if (question.kind === kind) return question;
  const series = seriesOf(question).map(bare);
  const lead = series[0] ?? first(words).series[0]!;
  const span: Span = question.kind === "adoption" ? { last: 30 } : (question.span ?? { last: 30 });
  const common = { unit: question.unit, span, interval: question.interval === "minute" ? ("hour" as const) : question.interval, where: question.where, breakdown: question.breakdown ?? undefined };
  if (kind === "trends" || kind === "stickiness") return { ...common, kind, series: series.length ? series : [lead] };
  if (kind === "funnel") return { ...common, kind, steps: series.length > 1 ? series : [lead, { events: [second(words, lead)] }] };
  if (kind === "retention") return { ...common, kind, start: lead, back: series[1] ?? lead, ...(span.since || (question.interval ?? "day") !== "day" ? {} : { span: { last: 8 }, interval: "week" }) };
  if (kind === "paths") return { unit: common.unit, span, interval: common.interval, where: common.where, kind };
  if (kind === "rhythm") return { unit: common.unit, span, interval: common.interval, where: common.where, kind, series: lead };
  if (kind === "adoption") return { kind, feature: featureOf(series, words) };
  if (kind === "sessions") return { ...common, kind }; // visits are made of all that happens in them
  return { ...common, kind, series: lead };
}

/** The feature that is asked about already, unless nobody chose it: else the one released last. */
function featureOf(series: Series[], words: Vocabulary): string {
  const released = words.features.filter((one) => one.released);
  const usual = first(words).series[0]!.events;
  const chosen = series.flatMap((one) => one.events ?? []).filter((event) => !usual?.includes(event));
  const newest = [...released].sort((one, other) => (other.released_at ?? "").localeCompare(one.released_at ?? ""))[0];
  return (released.find((one) => one.events.some((event) => chosen.includes(event))) ?? newest)?.id ?? "";
}

function second(words: Vocabulary, lead: Series): string {
  return words.events.find((one) => !lead.events?.includes(one.name))?.name ?? words.events[0]?.name ?? "";
}

/** The span for another interval: named ends stay (by the day, but for hours and minutes), else as many intervals as are usual. */
export function rescaled(span: Span | undefined, interval: Interval): Span {
  if (!span?.since && !span?.until) return { ...span, last: USUAL[interval] };
  const day = (text: string | undefined) => (readMoment(text ?? "").told === "minute" ? text?.slice(0, 10) : text);
  return FINE.has(interval) ? span : { ...span, since: day(span.since), until: day(span.until) };
}


const several = (interval: Interval, amount: number) => `${amount} ${interval}${amount === 1 ? "" : "s"}`;

const toldWords = (text: string) => momentWords(text) ?? text;

export function spanWords(span: Span | undefined, interval: Interval = "day"): string {
  if (span?.since === "all") return span.until ? `all time to ${toldWords(span.until)}` : "all time";
  if (span?.since) return calendarWords(span) ?? `${toldWords(span.since)} to ${span.until ? toldWords(span.until) : "now"}`;
  return `last ${several(interval, span?.last ?? LASTS.day[2]!)}`;
}

export function seriesWords(series: Series | undefined): string {
  return series?.label || series?.events?.join(" or ") || "any event";
}

function alongWords({ steps, step = 1, part = "after", lost }: Along): string {
  const here = seriesWords(steps[step - 1]);
  if (lost) return `Lost before ${here}, ${part === "after" ? "from the step before on" : "until time was up"}`;
  return part === "between" ? `Between ${seriesWords(steps[step - 2])} and ${here}` : `${part === "after" ? "After" : "Before"} ${here}, of a funnel`;
}

/** "account segment and plan": what an answer is divided by. */
export const dividedWords = ({ by, also = [] }: Breakdown) => [by, ...also].map(fieldWords).join(" and ");

/** What a formula is called: what stands before `=`, else itself. */
export const formulaWords = (text: string) => /^(.*\S)\s*=/.exec(text)?.[1]?.trim() ?? text;

const subjects: Record<Kind, (question: never) => string> = {
  trends: (q: TrendsQuestion) => q.formulas?.length && !q.show_series ? q.formulas.map(formulaWords).join(", ") : q.series.map((one) => `${seriesWords(one)}, ${MATHS[one.math ?? "count"]}${one.property ? ` ${fieldWords(one.property)}` : ""}`).join(" · "),
  funnel: (q: Extract<Question, { kind: "funnel" }>) => q.steps.map(seriesWords).join(" → "),
  retention: (q: Extract<Question, { kind: "retention" }>) => seriesWords(q.start) === seriesWords(q.back) ? `${seriesWords(q.start)} again` : `${seriesWords(q.start)}, then ${seriesWords(q.back)}`,
  paths: (q: Extract<Question, { kind: "paths" }>) => q.along ? alongWords(q.along) : q.start_at ? `After ${q.start_at}` : q.end_at ? `Up to ${q.end_at}` : "What comes after what",
  lifecycle: (q: Extract<Question, { kind: "lifecycle" }>) => `Active by ${seriesWords(q.series)}`,
  stickiness: (q: Extract<Question, { kind: "stickiness" }>) => q.series.map(seriesWords).join(" · "),
  sessions: (q: Extract<Question, { kind: "sessions" }>) => `Sessions of ${seriesWords(q.series)}`,
  rhythm: (q: Extract<Question, { kind: "rhythm" }>) => `${seriesWords(q.series)}, by weekday and hour`,
  adoption: (q: Extract<Question, { kind: "adoption" }>) => `Adoption of ${q.feature ? spelled(q.feature) : "a feature"}`,
};

/** "2 weeks", "1 year": how much earlier an answer begins that stands beside. */
export const earlierWords = (compare: string) => momentWords(`-${compare}`)?.replace(" ago", "") ?? compare;

/** "board_opened, unique · by account segment · accounts · last 30 days": what is asked, in one line. */
export function sentence(question: Question): string {
  const interval = question.interval ?? "day";
  const over = question.kind === "adoption" ? (question.span?.until ? `as of ${localMoment(question.span.until)}` : "since its release") : spanWords(question.span, interval);
  const parts = [subjects[question.kind](question as never), question.breakdown && `by ${dividedWords(question.breakdown)}`, question.unit === "account" && "accounts", over, question.compare && (question.compare === "previous" ? "and before" : `and ${earlierWords(question.compare)} earlier`)];
  return parts.filter(Boolean).join(" · ");
}
