/** Questions about usage, as the server takes them, and the words of their choices. */
import type {
  All, AdoptionQuestion, Along, Answered, AnyOf, Breakdown, Clean, Did, DidFirst, FieldWord, FirstSeen, FunnelQuestion, LifecycleQuestion, Not, PathsQuestion, Regularly, Restarted, RetentionQuestion, RhythmQuestion,
  Sequence, SessionsQuestion, StickinessQuestion, Stopped, Trait, TrendSeries, TrendsQuestion, Vocabulary, WhereIn, Within,
} from "@/api/generated";

export type { All, AdoptionQuestion, Along, Answered, Breakdown, AnyOf, Clean, Did, FieldWord, FirstSeen, FunnelQuestion, LifecycleQuestion, PathsQuestion, RetentionQuestion, RhythmQuestion, SessionsQuestion, StickinessQuestion, TrendSeries, TrendsQuestion, Vocabulary };
export type { AlertOut, AlertPage, Behind, BoardOut, CohortOut, Judged, Note, SavedOut, Series, ShareOut, SharedPage, SharedTile, StepInput as Step, Tile } from "@/api/generated";
export type Where = WhereIn;
export type Question = TrendsQuestion | FunnelQuestion | RetentionQuestion | PathsQuestion | LifecycleQuestion | StickinessQuestion | SessionsQuestion | RhythmQuestion | AdoptionQuestion;
export type Kind = Question["kind"];
export type Interval = NonNullable<Question["interval"]>;
export type Unit = NonNullable<Question["unit"]>;
export type Op = NonNullable<Where["op"]>;
export type Math = NonNullable<TrendSeries["math"]>;
export type Span = NonNullable<Question["span"]>;
/** When: in the last days, or between two moments; ever, where nothing is said. */
export type Window = Pick<Did, "days" | "since" | "until">;
export type Condition = (Did & { kind: "did" }) | DidFirst | Regularly | Stopped | Restarted | (Trait & { kind: "trait" }) | (Within & { kind: "in" }) | (FirstSeen & { kind: "first_seen" }) | (Sequence & { kind: "sequence" }) | All | AnyOf | Not;
/** A cell of an answer, as the kind of its question knows it. */
export type Cell = Record<string, string | number | boolean | null | number[]>;

export const NO_RIGHT = "Your role may read; a member or an owner can change this.";

export const KINDS: { kind: Kind; label: string; line: string }[] = [
  { kind: "trends", label: "Trends", line: "How often something happens, by how many, and how much." },
  { kind: "funnel", label: "Funnel", line: "How many get from step to step, and where they are lost." },
  { kind: "retention", label: "Retention", line: "Of those who start, how many come back." },
  { kind: "paths", label: "Paths", line: "What comes after what." },
  { kind: "lifecycle", label: "Lifecycle", line: "Who is new, stays, comes back, and goes quiet." },
  { kind: "stickiness", label: "Stickiness", line: "On how many days they are active." },
  { kind: "sessions", label: "Sessions", line: "Visits: how many, how long, how much in them." },
  { kind: "rhythm", label: "Rhythm", line: "On which days of the week, and at which hours." },
  { kind: "adoption", label: "Adoption", line: "What became of a feature since its release." },
];

export const INTERVALS: Interval[] = ["minute", "hour", "day", "week", "month"];
/** Intervals that are shorter than a day: their spans are told to the minute. */
export const FINE = new Set<Interval>(["minute", "hour"]);
/** Only trends count by minutes. */
export const intervalsOf = (kind: Kind) => INTERVALS.filter((one) => one !== "minute" || kind === "trends");
export const LASTS: Record<Interval, number[]> = { minute: [30, 60, 180, 720], hour: [24, 48, 72, 168], day: [7, 14, 30, 60, 90, 180, 365], week: [4, 8, 12, 26, 52], month: [3, 6, 12, 24] };
/** How many intervals a span has when its interval is changed. */
export const USUAL: Record<Interval, number> = { minute: 60, hour: 48, day: 30, week: 12, month: 12 };

export const OPS: Record<Op, string> = {
  is: "is", is_not: "is not", contains: "contains", not_contains: "does not contain", set: "is set", not_set: "is not set", gt: "more than", gte: "at least",
  lt: "less than", lte: "at most", between: "between", not_between: "not between", before: "before", after: "after", on: "on", regex: "matches", not_regex: "does not match",
  version_gt: "is after version", version_gte: "is at least version", version_lt: "is before version", version_lte: "is at most version",
};
/** How many values an operator takes; any number where none is told. */
export const TAKES: Partial<Record<Op, number>> = { set: 0, not_set: 0, between: 2, not_between: 2, gt: 1, gte: 1, lt: 1, lte: 1, before: 1, after: 1, on: 1, version_gt: 1, version_gte: 1, version_lt: 1, version_lte: 1 };

export const MATHS: Record<Math, string> = {
  count: "total", unique: "unique", per_unit: "per active", weekly_active: "weekly active", monthly_active: "monthly active", first_time: "first time",
  first_ever: "first ever", sum: "sum of", mean: "mean of", median: "median of", min: "minimum of", max: "maximum of", p75: "75th percentile of", p90: "90th percentile of", p95: "95th percentile of", p99: "99th percentile of",
  unique_values: "different values of", unique_accounts: "unique accounts", unique_people: "unique people", per_unit_min: "fewest of one", per_unit_median: "median of each", per_unit_max: "most of one", per_unit_p75: "75th percentile of each", per_unit_p90: "90th percentile of each", per_unit_p95: "95th percentile of each", per_unit_p99: "99th percentile of each",
};
export const OF_PROPERTY = new Set<Math>(["sum", "mean", "min", "max", "median", "p75", "p90", "p95", "p99", "unique_values"]);
/** A property as a question names it, as the field it is: traits are named in full. */
export const propertyField = (property: string | null | undefined) => (!property || /^(properties|person|account|session)\./.test(property) ? (property ?? "") : `properties.${property}`);
export const holdsNumbers = (field: string) => /^(properties|person|account)\./.test(field);
/** Numbers that trends measure: of sessions too. */
export const measured = (field: string) => holdsNumbers(field) || /^session\.(duration|events|pageviews|bounced)$/.test(field);
/** Maths that count, for a unit: those of its own kind are "unique" already, unless that is what is asked `now`. */
export const countsOf = (unit: string, now?: Math) => (Object.keys(MATHS) as Math[]).filter((one) => !OF_PROPERTY.has(one) && !one.startsWith("per_unit_") && (one === now || one !== `unique_${unit === "account" ? "accounts" : "people"}`));
/** Maths of which a running total makes sense. */
export const ADDING_UP = new Set<Math>(["count", "unique", "first_time", "first_ever", "sum", "unique_values", "unique_accounts", "unique_people"]);

/** A, B … Z, AA: the name of a series by its place. */
export function letter(place: number): string {
  return place >= 26 ? letter(globalThis.Math.floor(place / 26) - 1) + letter(place % 26) : String.fromCharCode(65 + place);
}
export const reportHref = (id: string) => `/explore/reports/${encodeURIComponent(id)}`;
export const boardHref = (id: string) => `/explore/boards/${encodeURIComponent(id)}`;
export const cohortHref = (id: string) => `/explore/cohorts/${encodeURIComponent(id)}`;
export const alertHref = (id: string) => `/explore/alerts/${encodeURIComponent(id)}`;
/** The page of a person or an account. */
export const unitHref = (unit: string, id: string) => `/usage/${unit === "account" ? "accounts" : "persons"}/${encodeURIComponent(id)}`;
