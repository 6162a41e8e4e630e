/** What a ref is called: the title that the list of its kind gives it, asked once; until then the id made readable. */
import { useGet } from "@/api/client";
import type { Report } from "@/api/types";
import { useName } from "@/app/session";
import { spelled } from "@/lib/format";

/** The list of a kind; its rows carry the id under the kind's name, and `title`. */
const LISTS: Record<string, string> = { initiative: "roadmap.portfolio", goal: "roadmap.goals", request: "feedback.requests", feature: "usage.features" };
/** Kinds whose ids are words; others (work, changes, releases) are known by their id in the tool. */
const WORDS = new Set([...Object.keys(LISTS), "team", "experiment", "tool", "component", "product", "theme"]);

/** The title of `of`; with `ask` false nothing is asked for. */
export function useTitle(of: string, ask = true): string {
  const nameOf = useName();
  const [kind = "", ...rest] = of.split(":");
  const id = rest.join(":");
  const list = ask && id ? LISTS[kind] : undefined;
  const rows = useGet<Report>(list ? `/api/reports/${list}` : null, { size: 500 }).data?.rows;
  if (!id) return of;
  if (kind === "person") return nameOf(id);
  const title = rows?.find((row) => row[kind] === id)?.title;
  return title ? String(title) : WORDS.has(kind) ? spelled(id) : id;
}
