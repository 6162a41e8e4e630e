/** Asking a question: its answer and its chart. What is no longer wanted is taken back, also on the server. */
import { keepPreviousData, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { ask as askQuestion, usageChart } from "@/api/generated";
import { type ApiError } from "@/api/client";
import { ask } from "@/api/runtime";
import type { ChartOption } from "@/components/Chart";
import { sent, written } from "./question";
import type { Answered, Question } from "./types";

export interface Asking {
  asked: UseQueryResult<Answered, ApiError>;
  /** The answer that is shown: of this question, or of the one before while this is under way. */
  answered: Answered | undefined;
  /** The question of the shown answer. */
  shown: Question;
  stale: boolean;
  slow: boolean;
  takenBack: boolean;
  cancel: () => void;
}

/** Under which the answer of a question, as it is sent, is kept. */
export const answerKey = (question: Question | null): readonly [string, string] => ["usage-answer", question ? written(question) : ""];

const held = new WeakMap<Answered, Question>();

/** Null waits. The connection that is cut tells the server to stop. */
export function useAnswer(given: Question | null): Asking {
  const cache = useQueryClient();
  const question = given ? sent(given) : null;
  const key = answerKey(question);
  const asked = useQuery<Answered, ApiError>({
    queryKey: key, enabled: question !== null, retry: false, staleTime: 30_000,
    queryFn: async ({ signal }) => {
      const found = await ask(askQuestion({ body: question! as never, signal }));
      held.set(found, question!);
      return found;
    },
    placeholderData: keepPreviousData,
  });
  const answered = asked.error ? undefined : asked.data;
  const of = answered && (asked.isPlaceholderData ? held.get(answered) : question);
  const fits = of && question && of.kind === question.kind;
  const slow = useAfter(asked.isFetching, 1000, key[1]);
  return {
    asked, answered: fits ? answered : undefined, shown: (fits ? of : question) ?? ({ kind: "trends", series: [] } as Question), slow,
    stale: asked.isPlaceholderData, takenBack: question !== null && !asked.isFetching && (asked.isPending || asked.isPlaceholderData) && !asked.error,
    cancel: () => void cache.cancelQueries({ queryKey: key }),
  };
}

/** Whether something has been going on for so long. */
function useAfter(on: boolean, milliseconds: number, key: string): boolean {
  const [due, setDue] = useState(false);
  useEffect(() => {
    setDue(false);
    if (!on) return;
    const timer = setTimeout(() => setDue(true), milliseconds);
    return () => clearTimeout(timer);
  }, [on, milliseconds, key]);
  return due;
}

/** The chart of a question that has been answered, with the notes of its days. */
export function useChart(given: Question | null, scope = ""): UseQueryResult<ChartOption, ApiError> {
  const question = given ? sent(given) : null;
  return useQuery<ChartOption, ApiError>({
    queryKey: ["usage-answer", "chart", question ? written(question) : "", scope], enabled: question !== null, retry: false, staleTime: 30_000, placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => (await ask(usageChart({ body: question! as never, query: { scope }, signal }))) as ChartOption,
  });
}
