/** What an answer rests on: sample, what was left out and why, what to keep in mind. */
import * as format from "@/lib/format";
import type { Answered, Question } from "./types";

const SAMPLE: Record<string, string> = { trends: "event", paths: "event", funnel: "event", sessions: "session", retention: "start", rhythm: "event" };

/** "whole weeks: 3 Aug to 11 Oct": what an answer covers when that is more than the days that were named. */
export function covered(question: Question | undefined, { answer }: Pick<Answered, "answer">): string {
  const { span, interval } = question ?? {};
  const whole = interval === "week" || interval === "month";
  if (span?.exact && whole && "buckets" in answer && (answer.buckets?.length ?? 0) > 1) return `only days named here count: the first and the last ${interval} may be shorter`;
  if (!whole || !("buckets" in answer) || (!span?.since && !span?.until) || span?.since === "all") return "";
  const first = format.date(answer.since), last = format.date(new Date(format.instant(answer.until).getTime() - 1).toISOString());
  const same = (!span.since || format.date(span.since.slice(0, 10)) === first) && (!span.until || format.date(span.until.slice(0, 10)) === last);
  return same ? "" : `whole ${interval}s: ${first} to ${last}`;
}

export function restsWords(answered: Answered, question?: Question): string {
  const { answer, kind } = answered;
  const noun = SAMPLE[kind] ?? (answer.unit === "account" ? "account" : "person");
  const sample = format.count(answer.sample ?? 0, noun, noun === "person" ? "people" : undefined);
  const open = "buckets" in answer && answer.buckets?.some((one) => one.partial) ? (kind === "retention" ? "What is faint is not over, and may still grow." : "The last interval is not over.") : "";
  const parts = [`n = ${sample}`, answer.left_out ? `${format.number(answer.left_out, 0)} left out: ${answer.left_out_why}` : "", ...(answer.notes ?? []), covered(question, answered), open];
  return parts.filter(Boolean).map((one) => one.replace(/\.$/, "")).join(" · ");
}

export function Rests({ answered, question }: { answered: Answered; question?: Question }) {
  const { milliseconds } = answered;
  return <div className="coverage ans-rests">{restsWords(answered, question)}<span className="num"> · {milliseconds < 1 ? "kept" : `${format.number(milliseconds, 0)} ms`}</span></div>;
}
