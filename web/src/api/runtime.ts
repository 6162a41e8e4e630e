/** How the generated client reaches the server: the same cookie, CSRF header and errors as client.ts. */
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { type ApiError, csrfToken, failure } from "./client";

export const createClientConfig = <T extends object>(config?: T) => ({
  ...config,
  baseUrl: "",
  credentials: "same-origin" as const,
  throwOnError: true as const,
  fetch: async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input, init);
    if (!["GET", "HEAD"].includes(request.method)) request.headers.set("X-CSRF-Token", csrfToken());
    const response = await fetch(request);
    if (!response.ok) throw await failure(response);
    return response;
  },
});

/** The data of a call of the generated SDK: `await ask(listReleases({ query }))`. */
export async function ask<T>(asked: PromiseLike<{ data: T }>): Promise<T> {
  return (await asked).data;
}

/** A call of the generated SDK as a query: `useAsk(["releases", q], () => listReleases({ query: { q } }))`. */
export function useAsk<T>(key: unknown[], call: () => PromiseLike<{ data: T }>): UseQueryResult<T, ApiError> {
  return useQuery<T, ApiError>({ queryKey: ["sdk", ...key], queryFn: () => ask(call()) });
}
