import { afterEach, describe, expect, it, vi } from "vitest";
import { setCsrf } from "./client";
import { oneRelease, releases, setTier, unsubscribe } from "./generated";
import { ask, askQuery } from "./runtime";

const answer = (status: number, body?: unknown) => Object.defineProperty(
  new Response(body === undefined ? null : JSON.stringify(body), { status, headers: { "content-type": "application/json" } }), "url", { value: "http://localhost/api/a" });
const sent = () => vi.mocked(fetch).mock.lastCall![0] as Request;
const meet = (response: Response) => vi.stubGlobal("fetch", vi.fn().mockResolvedValue(response));
afterEach(() => vi.unstubAllGlobals());

describe("the generated client", () => {
  it("puts parameters into path and query, without empty ones", async () => {
    meet(answer(200, { items: [], total: 0, page: 1, size: 20 }));
    await ask(releases({ query: { q: "", sort: undefined, page: 2 } }));
    expect(new URL(sent().url).pathname + new URL(sent().url).search).toBe("/api/releases?page=2");
    meet(answer(200, {}));
    await ask(oneRelease({ path: { release_id: "a/b 1" } }));
    expect(new URL(sent().url).pathname).toBe("/api/releases/a%2Fb%201");
  });
  it("sends the CSRF token with changes only", async () => {
    setCsrf("token");
    meet(answer(200, {}));
    await ask(setTier({ path: { release_id: "1" }, body: { tier: 2 } }));
    expect([sent().method, sent().headers.get("X-CSRF-Token"), await sent().json()]).toEqual(["PUT", "token", { tier: 2 }]);
    meet(answer(200, {}));
    await ask(oneRelease({ path: { release_id: "1" } }));
    expect(sent().headers.get("X-CSRF-Token")).toBeNull();
  });
  it("takes an answer without a body", async () => {
    meet(answer(204));
    await expect(ask(unsubscribe({ path: { subscription_id: "1" } }))).resolves.toBeDefined();
  });
  it("throws what the server said", async () => {
    meet(answer(409, { error: "conflict", message: "It is taken.", mend: "Take another." }));
    await expect(ask(oneRelease({ path: { release_id: "1" } }))).rejects.toMatchObject({ status: 409, code: "conflict", mend: "Take another." });
  });
  it("says when the server does not answer", async () => {
    vi.stubGlobal("fetch", vi.fn().mockRejectedValue(new TypeError("no network")));
    await expect(ask(oneRelease({ path: { release_id: "1" } }))).rejects.toMatchObject({ status: 0, code: "offline" });
  });
  it("tells calls and options apart in the cache", () => {
    const key = (id: string) => askQuery(oneRelease, { path: { release_id: id } }).queryKey;
    expect(key("1")).toEqual(key("1"));
    expect(key("1")).not.toEqual(key("2"));
    expect(askQuery(releases, {}).queryKey).not.toEqual(askQuery(setTier, {} as never).queryKey);
  });
});
