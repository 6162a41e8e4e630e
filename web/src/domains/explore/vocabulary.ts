/** What can be asked about, for all pickers of a page. */
import { useMemo } from "react";
import { keepPreviousData } from "@tanstack/react-query";
import { cohorts, seenValues, vocabulary } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import type { Choice } from "@/components/Picker";
import * as format from "@/lib/format";
import type { CohortOut, Vocabulary } from "./types";
import { fieldWords, SESSION } from "./where";

const NONE: Vocabulary = { events: [], features: [], fields: [] };
const ALL = { query: { size: 500 } };

export function useVocabulary() {
  const asked = useAsk(vocabulary, {});
  return { words: asked.data ?? NONE, asked };
}

export function useCohorts(): CohortOut[] {
  return useAsk(cohorts, ALL).data?.items ?? [];
}

/** Values seen in a field that contain what is typed; none without a field. */
export function useValues(field: string, words: string): string[] {
  const wanted = field ? { query: { field, q: words, limit: 50 } } : null;
  return useAsk(seenValues, wanted, { placeholderData: keepPreviousData }).data ?? [];
}

/** Features first: what the team has a name for; then every event with how often it came. */
export function useEventChoices(): Choice[] {
  const { words } = useVocabulary();
  return useMemo(() => [
    { value: "any", label: "Any event", note: format.compact(words.events.reduce((sum, one) => sum + one.amount, 0)) },
    ...words.features.filter((one) => one.events.length).map((one) => ({ value: `feature:${one.id}`, label: one.name, note: format.count(one.events.length, "event"), group: "Features" })),
    ...words.events.map((one) => ({ value: `event:${one.name}`, label: one.name, note: format.compact(one.amount), group: "Events" })),
  ], [words]);
}

const GROUPS: Record<string, string> = { event: "Of the event", person: "Of the person", account: "Of the account", more: "More" };
const OF_SESSION = "Of the session";
/** Properties of which a session's first and last value say where it came from and went to. */
const WAYS = /^properties\.(\$?utm_\w+|\$pathname|path|\$referr(er|ing_domain))$/;

export function useFieldChoices(more: "cohort" | "" = "", only: (field: string) => boolean = () => true): Choice[] {
  const { words } = useVocabulary();
  return useMemo(() => {
    const [sessions, others] = [words.fields.filter((one) => one.field in SESSION), words.fields.filter((one) => !(one.field in SESSION))];
    const ways = sessions.length ? others.filter((one) => WAYS.test(one.field)).flatMap((one) => ["entry", "exit"].map((end) => one.field.replace("properties", `session.${end}`))) : [];
    return [
      ...(more ? [{ value: "cohort", label: "Cohort", group: "Who" }] : []),
      ...others.filter((one) => only(one.field)).map((one) => ({ value: one.field, label: one.of === "event" ? one.label : format.humanise(one.label), note: one.of === "event" ? format.compact(one.seen) : undefined, group: GROUPS[one.of] })),
      ...[...sessions.map((one) => one.field), ...ways].filter(only).map((field) => ({ value: field, label: shownField(field), group: OF_SESSION })),
    ];
  }, [words, more]); // eslint-disable-line react-hooks/exhaustive-deps -- `only` is a constant of its caller
}

export const shownField = (field: string) => format.humanise(fieldWords(field).replaceAll(".", "․"));
