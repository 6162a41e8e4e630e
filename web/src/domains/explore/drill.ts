/** From a place in an answer - a point of its chart, a cell of its table - to the cell whose units are shown. All pure. */
import type { PathsAnswer, FunnelAnswer, SessionsAnswer, CallsheetUsageQuestionsTrendsAnswer as TrendsAnswer, CallsheetUsageQuestionsRetentionAnswer as RetentionAnswer, CallsheetUsageQuestionsLifecycleAnswer as LifecycleAnswer, CallsheetUsageQuestionsStickinessAnswer as StickinessAnswer, CallsheetUsageQuestionsRhythmAnswer as RhythmAnswer, AdoptionAnswer } from "@/api/generated";
import { duration } from "@/lib/format";
import type { Answered, Cell, Question } from "./types";

export interface Drill { cell: Cell; title: string }
/** Where was clicked: a cell of the table, or what a chart tells of its part. */
export interface Spot { row?: number; column?: string; series?: string; index?: number; x?: unknown; value?: unknown; data?: unknown }

type Row = Record<string, unknown>;
type Found = Drill | null;

/** The cell at a spot; null where nobody in particular stands behind it. */
export function drill(question: Question, answered: Answered, spot: Spot): Found {
  const row = spot.row === undefined ? undefined : (answered.table.rows[spot.row] as Row);
  if (spot.row !== undefined && !row) return null;
  const ways = { trends, funnel, retention, paths, lifecycle, stickiness, sessions, rhythm, adoption } as Record<string, (q: never, a: never, spot: Spot, row: Row | undefined, answered: Answered) => Found>;
  return ways[question.kind]?.(question as never, answered.answer as never, spot, row, answered) ?? null;
}

const lineOf = ({ part, group, period }: { part?: string; group?: string; period?: string }): Cell => ({ ...(part ? { part, group: group ?? "" } : {}), ...(period === "previous" ? { period } : {}) });
const joined = (...words: (string | undefined | false)[]) => words.filter(Boolean).join(" · ");
const lined = (column: string | undefined) => (column?.startsWith("line") ? Number(column.slice(4)) : -1);
const headings = (answered: Answered) => answered.table.columns.slice(1).map((one) => one.label);
/** The name of a series without what marks its unfinished part. */
const whole = (series: string | undefined) => series?.replace(/:partial$/, "").replace(/,? so far$/, "");
const day = (x: unknown) => String(Array.isArray(x) ? x[0] : x);

function trends(question: { display?: string }, answer: TrendsAnswer, spot: Spot, row: Row | undefined, answered: Answered): Found {
  const flat = !row && (question.display === "number" || question.display === "table");
  const place = row ? lined(spot.column) : flat ? (spot.index ?? -1) : headings(answered).indexOf(whole(spot.series) ?? "");
  const line = answer.lines[place];
  if (!line || line.is_formula) return null;
  const since = row ? String(row.interval) : flat ? "total" : typeof spot.x === "number" || spot.x === undefined ? answer.buckets[spot.index ?? -1]?.since : day(spot.x);
  const bucket = answer.buckets.findIndex((one) => one.since + (row ? (one.offset ?? "") : "") === since);
  if (bucket < 0 && since !== "total") return null;
  const told = (line.period === "previous" ? answer.previous : answer.buckets)?.[bucket]?.label;
  return { cell: { series: line.series, ...(bucket < 0 ? {} : { bucket }), ...lineOf(line) }, title: joined(headings(answered)[place], told ?? "whole span") };
}

const nameOf = (line: { label?: string; period?: string }, alone: string) => [...(line.label ? [line.label] : []), ...(line.period === "previous" ? ["before"] : line.label ? [] : [alone])].join(", ");

function funnel(question: { show?: string; steps: unknown[]; to_step?: number }, answer: FunnelAnswer, spot: Spot, row: Row | undefined): Found {
  if (question.show === "trend") {
    const line = answer.trends?.length === 1 ? answer.trends[0] : answer.trends?.find((one) => nameOf(one, "now") === (row ? row.line : whole(spot.series)));
    const since = row ? row.interval : day(spot.x);
    const bucket = line?.points.findIndex((one) => one.since === since) ?? -1;
    if (!line || bucket < 0) return null;
    const all = spot.column === "entered";
    return { cell: { step: all ? 1 : question.to_step || question.steps.length, bucket, ...lineOf(line) }, title: joined(nameOf(line, ""), line.points[bucket]!.label, "converted") };
  }
  if (question.show === "time") return times(answer, spot, row);
  const lines = answer.lines ?? [];
  const line = row ? lines.find((one) => nameOf(one, "now") === row.line) : lines.length === 1 ? lines[0] : lines.find((one) => nameOf(one, "now") === spot.series);
  const step = row ? Number(row.step) : (spot.index ?? -1) + 1;
  const told = line?.steps[step - 1];
  if (!line || !told) return null;
  const lost = spot.column === "dropped";
  if (lost && step === 1) return null;
  return { cell: { step, ...(lost ? { converted: false } : {}), ...lineOf(line) }, title: joined(nameOf(line, ""), lost ? `lost before ${told.name}` : told.name) };
}

/** Who took as long as a bar tells: bars are of the first line, rows of any. */
function times(answer: FunnelAnswer, spot: Spot, row: Row | undefined): Found {
  const line = row ? answer.times?.find((one) => nameOf(one, "now") === row.line) : answer.times?.[0];
  const place = row ? (line?.bins?.findIndex((one) => one.since === row.since && one.until === row.until) ?? -1) : (spot.index ?? -1);
  const bin = line?.bins?.[place];
  if (!line || !bin || (row && spot.column !== "count")) return null;
  return { cell: { bin: place, ...lineOf(line) }, title: joined(nameOf(line, ""), `took ${duration(bin.since)} to ${duration(bin.until)}`) };
}

function retention(_: unknown, answer: RetentionAnswer, spot: Spot, row: Row | undefined): Found {
  const several = answer.grids.length > 1;
  const [across, down] = Array.isArray(spot.value) ? (spot.value as number[]) : [];
  if (!row && several) return null;
  const grid = row ? answer.grids.find((one) => (row.group ?? "") === one.label) : answer.grids[0];
  const mean = row?.cohort === "mean";
  const bucket = row ? answer.buckets.findIndex((one) => one.since === row.cohort) : (down ?? -1);
  const offset = row ? (spot.column === "size" ? 0 : Number(spot.column?.replace("column", "") ?? NaN)) : (across ?? NaN);
  if (!grid || (bucket < 0 && !mean) || !Number.isInteger(offset) || !answer.columns[offset]) return null;
  return { cell: { ...(mean ? {} : { bucket }), offset, ...lineOf(grid) }, title: joined(grid.label, mean ? "all that are over" : answer.buckets[bucket]?.label, offset ? `back in ${answer.columns[offset]!.toLowerCase()}` : "started") };
}

/** Where paths end, as tables of paths say it. */
const ENDS = "stops here";
const stop = (key: string) => key.replace(/^\d+_/, "").replace(/^\(other\)$/, "other stops");
/** "2_board_opened" -> "2 · board_opened": a stop with its place. */
export const stopWords = (key: string) => key.replace(/^(\d+)_.*/s, (_, place: string) => `${place} · ${stop(key)}`);

function paths(_: unknown, answer: PathsAnswer, spot: Spot, row: Row | undefined): Found {
  const told = (row ?? spot.data ?? {}) as { source?: string; target?: string; name?: string };
  if (told.source && told.target === ENDS) return { cell: { source: told.source }, title: `Stopped at ${stop(told.source)}` };
  if (told.source && told.target) return { cell: { source: told.source, target: told.target }, title: `${stop(told.source)} → ${stop(told.target)}` };
  const node = answer.nodes?.find((one) => one.key === told.name);
  return node ? { cell: { source: node.key, any: true }, title: `Came by ${node.name}` } : null;
}

const STATES: Record<string, string> = { new: "new", returning: "returning", resurrecting: "resurrecting", dormant: "dormant" };

function lifecycle(question: { breakdown?: unknown }, answer: LifecycleAnswer, spot: Spot, row: Row | undefined): Found {
  const state = STATES[(row ? spot.column : spot.series) ?? ""];
  const bucket = row ? answer.buckets.findIndex((one) => one.since === row.interval) : (spot.index ?? -1);
  const line = row ? answer.lines.find((one) => one.label === (row.group ?? "")) : question.breakdown ? undefined : answer.lines[0];
  if (!state || !line || !answer.buckets[bucket]) return null;
  return { cell: { bucket, state, ...lineOf(line) }, title: joined(line.label, state, answer.buckets[bucket]!.label) };
}

function stickiness(_: unknown, answer: StickinessAnswer, spot: Spot, row: Row | undefined, answered: Answered): Found {
  const place = row ? lined(spot.column) : headings(answered).indexOf(spot.series ?? "");
  const index = row ? spot.row! : (spot.index ?? -1);
  const line = answer.lines[place];
  if (!line || !answer.columns[index]) return null;
  return { cell: { series: line.series, intervals: index + 1, ...lineOf(line) }, title: joined(headings(answered)[place], answer.columns[index]) };
}

function sessions(_: unknown, answer: SessionsAnswer, spot: Spot, row: Row | undefined): Found {
  const line = answer.lines?.find((one) => [one.label || "sessions", ...(one.period === "previous" ? ["before"] : [])].join(", ") === (row ? row.line : whole(spot.series)));
  const since = row ? row.interval : day(spot.x);
  const bucket = line?.points.findIndex((one) => one.since === since) ?? -1;
  if (!line || (bucket < 0 && since !== "total")) return null;
  const bounced = spot.column?.startsWith("bounce");
  return { cell: { ...(bucket < 0 ? {} : { bucket }), ...(bounced ? { bounced: true } : {}), ...lineOf(line) }, title: joined(line.label, bounced && "left after one event", bucket < 0 ? "whole span" : line.points[bucket]!.label) };
}

function rhythm(_: unknown, answer: RhythmAnswer, spot: Spot, row: Row | undefined): Found {
  const [across, down] = Array.isArray(spot.value) ? (spot.value as number[]) : [];
  const place = row ? spot.row! : (down ?? -1);
  const day = answer.days[place];
  const hour = row ? Number(spot.column?.replace("hour", "")) : (across ?? NaN);
  const every = spot.column === "total";
  if ((!day && !row) || (!every && !Number.isInteger(hour)) || spot.column === "day") return null;
  const clock = every ? "" : `${String(hour).padStart(2, "0")}:00 to ${String(hour + 1).padStart(2, "0")}:00`;
  return { cell: { ...(day ? { day: day.day } : {}), ...(every ? {} : { hour }) }, title: joined(day?.name, clock) || "whole span" };
}

const STAGES: Record<string, string> = { could_use: "could use it", exposed: "saw it", tried: "tried it", repeated: "came back", kept: "kept using it" };

function adoption(_: unknown, answer: AdoptionAnswer, spot: Spot, row: Row | undefined): Found {
  const stage = spot.column === "share" ? "tried" : (spot.column ?? "");
  if (!row || !STAGES[stage] || row[stage] === null) return null;
  const label = spot.row === 0 ? "" : String(row.label);
  return { cell: { stage, ...(label ? { label } : {}) }, title: joined(answer.name, label, STAGES[stage]) };
}
