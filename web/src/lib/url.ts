/** The state of a page lives in its address: reload, share and Back all work. */
import { useRouter, useRouterState } from "@tanstack/react-router";
import { useCallback } from "react";

export type UrlValue = string | number | boolean;

/** Reads `text` as the type of `fallback`; what does not parse is the fallback. */
export function readAs<T extends UrlValue>(text: string | null, fallback: T): T {
  if (text === null) return fallback;
  if (typeof fallback === "number") return (Number.isFinite(Number(text)) && text !== "" ? Number(text) : fallback) as T;
  if (typeof fallback === "boolean") return (text === "1" || text === "true") as T;
  return text as T;
}

/** Changes parameters of a query string; a value equal to its fallback is left out, so addresses stay short. */
export function changed(search: string, changes: Record<string, UrlValue | null>): string {
  const params = new URLSearchParams(search);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === "") params.delete(key);
    else params.set(key, typeof value === "boolean" ? (value ? "1" : "0") : String(value));
  }
  const text = params.toString();
  return text ? `?${text}` : "";
}

export function useSetUrl(): (changes: Record<string, UrlValue | null>, push?: boolean) => void {
  const { history } = useRouter();
  return useCallback((changes, push = false) => {
    const { pathname, search, hash } = history.location;
    const href = pathname + changed(search, changes) + hash;
    if (push) history.push(href);
    else history.replace(href);
  }, [history]);
}

/** Like useState, kept in the address under `key`. `push` makes each change a step of Back. */
export function useUrlState(key: string, fallback: boolean, push?: boolean): [boolean, (value: boolean) => void];
export function useUrlState(key: string, fallback: number, push?: boolean): [number, (value: number) => void];
export function useUrlState<T extends string = string>(key: string, fallback: NoInfer<T>, push?: boolean): [T, (value: T) => void];
export function useUrlState(key: string, fallback: UrlValue, push = false): [UrlValue, (value: never) => void] {
  const search = useRouterState({ select: (state) => state.location.searchStr });
  const setUrl = useSetUrl();
  const value = readAs(new URLSearchParams(search).get(key), fallback);
  const set = useCallback((next: UrlValue) => setUrl({ [key]: next === fallback ? null : next }, push), [setUrl, key, fallback, push]);
  return [value, set];
}

/** Where an object is shown. Every ref has a trace; kinds with a page of their own lead there. */
const HOMES: Record<string, string> = {
  initiative: "/roadmap/initiatives", goal: "/goals", experiment: "/experiments", release: "/releases", feature: "/usage/features",
  feedback: "/feedback", request: "/feedback/requests", account: "/usage/accounts", person: "/people", team: "/teams", tool: "/stack",
  work: "/delivery/work", decision: "/decisions", finding: "/findings", report: "/reports",
};
export function traceHref(ref: string): string {
  return `/trace/${encodeURIComponent(ref)}`;
}
export function refHref(ref: string, known: (path: string) => boolean = () => false): string {
  const [kind, ...rest] = ref.split(":");
  const home = HOMES[kind ?? ""];
  const path = home ? `${home}/${encodeURIComponent(rest.join(":"))}` : "";
  return path && known(path) ? path : traceHref(ref);
}
