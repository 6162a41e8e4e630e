/** What an answer rests on: sample, what was left out and why, what to keep in mind. */
import * as format from "@/lib/format";
import type { Answered } from "./types";

const SAMPLE: Record<string, string> = { trends: "event", paths: "event", funnel: "event", sessions: "session", retention: "start" };

export function restsWords({ answer, kind }: Answered): string {
  const noun = SAMPLE[kind] ?? (answer.unit === "account" ? "account" : "person");
  const sample = format.count(answer.sample ?? 0, noun, noun === "person" ? "people" : undefined);
  const open = "buckets" in answer && answer.buckets?.some((one) => one.partial) ? "The last interval is not over." : "";
  const parts = [`n = ${sample}`, answer.left_out ? `${format.number(answer.left_out, 0)} left out: ${answer.left_out_why}` : "", ...(answer.notes ?? []), open];
  return parts.filter(Boolean).map((one) => one.replace(/\.$/, "")).join(" · ");
}

export function Rests({ answered }: { answered: Answered }) {
  const { milliseconds } = answered;
  return <div className="coverage ans-rests">{restsWords(answered)}<span className="num"> · {milliseconds < 1 ? "kept" : `${format.number(milliseconds, 0)} ms`}</span></div>;
}
