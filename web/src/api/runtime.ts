/** How the generated client reaches the server, by the same way as client.ts, and how pages call it. */
import { useQuery, type UseQueryOptions, type UseQueryResult } from "@tanstack/react-query";
import { type ApiError, csrfToken, type Params, reach, withParams } from "./client";

export const createClientConfig = <T extends object>(config?: T) => ({
  ...config,
  baseUrl: "",
  credentials: "same-origin" as const,
  throwOnError: true as const,
  querySerializer: (query: Record<string, unknown>) => withParams("/", query as Params).slice(2),
  fetch: async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input, init);
    if (!["GET", "HEAD"].includes(request.method)) request.headers.set("X-CSRF-Token", csrfToken());
    return reach(request);
  },
});

/** The data of a call of the generated SDK: `await ask(writeNotes({ path, body }))`. */
export async function ask<T>(asked: PromiseLike<{ data: T }>): Promise<T> {
  return (await asked).data;
}

type Call = (options: any) => PromiseLike<{ data?: unknown }>;
type Options<C extends Call> = Parameters<C>[0];
export type Data<C extends Call> = NonNullable<Awaited<ReturnType<C>>["data"]>;

const names = new WeakMap<Call, number>();
let named = 0;
function nameOf(call: Call): number {
  if (!names.has(call)) names.set(call, ++named);
  return names.get(call)!;
}

/** A call of the generated SDK as a query; the same call with the same options is one cache entry. */
export function askQuery<C extends Call>(call: C, options: Options<C>) {
  return { queryKey: ["ask", nameOf(call), options ?? {}] as const, queryFn: () => ask(call(options) as PromiseLike<{ data: Data<C> }>) };
}

/** Asks: `useAsk(releases, { query: { q } })`; options of `null` wait. */
export function useAsk<C extends Call>(call: C, options: Options<C> | null, more?: Pick<UseQueryOptions<Data<C>, ApiError>, "placeholderData" | "refetchInterval">): UseQueryResult<Data<C>, ApiError> {
  return useQuery<Data<C>, ApiError>({ ...askQuery(call, options), ...more, enabled: options !== null } as UseQueryOptions<Data<C>, ApiError>);
}
