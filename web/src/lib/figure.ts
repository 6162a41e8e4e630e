/** What a figure says about itself in words. */
import type { Change, Figure } from "@/api/types";
import * as format from "./format";

/** Whether a change is good, bad, or of no side: by what is better for this metric. */
export function tone(change: Pick<Change, "amount"> | null | undefined, better: string | null | undefined): "good" | "bad" | "ink-3" {
  if (!change || change.amount === 0 || (better !== "higher" && better !== "lower")) return "ink-3";
  return change.amount > 0 === (better === "higher") ? "good" : "bad";
}

/** "▲ 1.8", "▼ 8", "no change"; money and thousands are shortened. Days stay days, so that the change can be added to the value; where the value is below one day, "▲ 27 min" says its unit. */
export function arrow(change: Change, unit: string): string {
  const before = change.before ?? 0;
  const inDays = unit === "days" && Math.min(Math.abs(before), Math.abs(before + change.amount)) >= 1;
  const size = inDays ? format.number(Math.abs(change.amount), 1) : unit === "days" ? format.days(Math.abs(change.amount)) : format.split(Math.abs(change.amount), unit)[0];
  if (parseFloat(size) === 0) return "no change";
  const sign = format.split(0, unit)[0].replace(/[\d.,]/g, "");
  return `${change.amount > 0 ? "▲" : "▼"} ${sign ? size.replace(sign, "") : size}`;
}

/** "n = 64 · 7 left out". */
export function coverage(figure: { sample?: number | null; left_out?: number | null }): string {
  const parts = [];
  if (figure.sample !== null && figure.sample !== undefined) parts.push(`n = ${format.number(figure.sample, 0)}`);
  if (figure.left_out) parts.push(`${format.number(figure.left_out, 0)} left out`);
  return parts.join(" · ");
}

/** "1,284 rows · 7 left out: never started", under a table. */
export function coverageLine(of: { sample?: number | null; left_out?: number | null; left_out_why?: string | null }): string {
  const parts = [];
  if (of.sample !== null && of.sample !== undefined) parts.push(`Rests on ${format.count(of.sample, "row")}`);
  if (of.left_out) parts.push(`${format.number(of.left_out, 0)} left out${of.left_out_why ? `: ${of.left_out_why}` : ""}`);
  return parts.join(" · ");
}

/** "[7.9, 11.2]" in the unit of the figure; empty when there is none. */
export function interval(figure: Pick<Figure, "interval" | "unit">): string {
  const [low, high] = figure.interval ?? [];
  if (low === undefined || high === undefined) return "";
  return `[${format.split(low, figure.unit)[0]}, ${format.split(high, figure.unit)[0]}]`;
}

/** "delivery.cycle_time" of "/api/metrics/delivery.cycle_time/rows?since=…" as the page that shows the rows. */
export function rowsHref(figure: Figure): string {
  const params = new URLSearchParams({ metric: figure.name });
  const query = figure.rows?.split("?")[1];
  for (const [key, value] of new URLSearchParams(query ?? "")) params.set(key, value);
  if (!query) {
    params.set("since", figure.period.since);
    params.set("until", figure.period.until);
    for (const [key, value] of Object.entries(figure.scope ?? {})) params.set(key, value);
  }
  return `/rows?${params}`;
}
