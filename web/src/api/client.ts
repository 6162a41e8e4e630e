/** The one way to the server: cookie session, CSRF header on changes, errors that say what to do. */
import { useQuery, type UseQueryResult } from "@tanstack/react-query";

/** An answer that is not 2xx: what happened, and the mend. Status 0 means that no answer came. */
export class ApiError extends Error {
  constructor(readonly status: number, readonly code: string, message: string, readonly mend: string) {
    super(message);
    this.name = "ApiError";
  }
}

export type Params = Record<string, string | number | boolean | null | undefined>;

let csrf = "";
const leaving = new Set<() => void>();

export function setCsrf(token: string): void {
  csrf = token;
}
export function csrfToken(): string {
  return csrf;
}
/** Calls `listener` whenever the server says that nobody is signed in (401). */
export function onSignedOut(listener: () => void): () => void {
  leaving.add(listener);
  return () => leaving.delete(listener);
}

/** Adds parameters to a path that may already have some; empty ones are left out. */
export function withParams(path: string, params?: Params): string {
  const url = new URL(path, "http://callsheet");
  for (const [key, value] of Object.entries(params ?? {})) {
    if (value !== undefined && value !== null && value !== "") url.searchParams.set(key, String(value));
  }
  return url.pathname + url.search;
}

const SAFE = new Set(["GET", "HEAD"]);

/** The error of an answer that is not 2xx; tells the shell when nobody is signed in. */
async function failure(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  const said = (body ?? {}) as { error?: string; message?: string; mend?: string; detail?: unknown };
  if (response.status === 401 && !response.url.includes("/api/session")) leaving.forEach((tell) => tell());
  const fallback = `The server answered ${response.status} to ${new URL(response.url).pathname}.`;
  return new ApiError(response.status, said.error ?? "http", said.message ?? fallback, said.mend ?? "Try again; if it persists, look at the server's log.");
}

/** fetch that answers 2xx or throws an ApiError, of status 0 where no answer came. */
export async function reach(...asked: Parameters<typeof fetch>): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(...asked);
  } catch {
    throw new ApiError(0, "offline", "The server does not answer.", "Check that “callsheet serve” is running, then try again.");
  }
  if (!response.ok) throw await failure(response);
  return response;
}

export async function request<T>(method: string, path: string, body?: unknown, params?: Params): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  const isForm = body instanceof FormData;
  if (body !== undefined && !isForm) headers["Content-Type"] = "application/json";
  if (!SAFE.has(method.toUpperCase())) headers["X-CSRF-Token"] = csrf;
  const response = await reach(withParams(path, params), {
    method, headers, credentials: "same-origin",
    body: body === undefined ? undefined : isForm ? body : JSON.stringify(body),
  });
  if (response.status === 204) return undefined as T;
  const type = response.headers.get("content-type") ?? "";
  return (type.includes("json") ? await response.json() : await response.text()) as T;
}

export const get = <T>(path: string, params?: Params) => request<T>("GET", path, undefined, params);
export const post = <T>(path: string, body?: unknown) => request<T>("POST", path, body ?? {});
export const put = <T>(path: string, body?: unknown) => request<T>("PUT", path, body ?? {});
export const patch = <T>(path: string, body?: unknown) => request<T>("PATCH", path, body ?? {});
export const del = <T>(path: string, body?: unknown) => request<T>("DELETE", path, body);

/** A GET as a query; the key is the path with its parameters, so one address is one cache entry. */
export function getQuery<T>(path: string, params?: Params) {
  const address = withParams(path, params);
  return { queryKey: ["get", address], queryFn: () => get<T>(address) };
}

/** Asks an address; `null` waits. */
export function useGet<T>(path: string | null, params?: Params): UseQueryResult<T, ApiError> {
  return useQuery<T, ApiError>({ ...getQuery<T>(path ?? "", params), enabled: path !== null });
}
