/** What sources of events are called; rows of events know only their ids. */
import { eventSources } from "@/api/generated";
import { useAsk } from "@/api/runtime";

/** Said of what came otherwise than by a source of its own. */
const OTHERS: Record<string, string> = { "by hand": "somebody here", sample: "the sample's history" };

export function useSourceName(): (id: string | null | undefined) => string {
  const found = useAsk(eventSources, { query: { size: 500, removed: true } }).data?.items;
  return (id) => (id ? (found?.find((one) => one.id === id)?.name ?? OTHERS[id] ?? id) : "");
}
