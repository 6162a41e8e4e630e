import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError, get, onSignedOut, post, setCsrf, withParams } from "./client";

const asked = vi.fn<(path: string, init: RequestInit) => Promise<Response>>();
const reply = (status: number, body: unknown, url = "http://x/api/a") => {
  const response = new Response(body === undefined ? null : JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
  Object.defineProperty(response, "url", { value: url });
  asked.mockResolvedValueOnce(response);
};
const headers = () => asked.mock.calls[0]![1].headers as Record<string, string>;

beforeEach(() => vi.stubGlobal("fetch", asked));
afterEach(() => {
  asked.mockReset();
  vi.unstubAllGlobals();
});

describe("client", () => {
  it("leaves empty parameters out and keeps those of the path", () => {
    expect(withParams("/api/a?x=1", { q: "", page: 2, team: undefined, since: null })).toBe("/api/a?x=1&page=2");
  });
  it("sends the CSRF token with changes only", async () => {
    setCsrf("token");
    reply(200, {});
    await post("/api/a", { b: 1 });
    expect(headers()["X-CSRF-Token"]).toBe("token");
    asked.mockReset();
    reply(200, {});
    await get("/api/a");
    expect(headers()["X-CSRF-Token"]).toBeUndefined();
  });
  it("an error says what happened and the mend", async () => {
    reply(409, { error: "conflict", message: "It is taken.", mend: "Take another." });
    await expect(get("/api/a")).rejects.toMatchObject({ status: 409, code: "conflict", message: "It is taken.", mend: "Take another." });
  });
  it("no answer is an error of its own", async () => {
    asked.mockRejectedValueOnce(new TypeError("failed to fetch"));
    await expect(get("/api/a")).rejects.toMatchObject({ status: 0, code: "offline" });
  });
  it("nothing comes back as undefined", async () => {
    reply(204, undefined);
    expect(await post("/api/a")).toBeUndefined();
  });
  it("401 tells the shell, except when signing in", async () => {
    const told = vi.fn();
    const stop = onSignedOut(told);
    reply(401, { error: "not_signed_in", message: "m", mend: "n" }, "http://x/api/session");
    await expect(get("/api/session")).rejects.toBeInstanceOf(ApiError);
    expect(told).not.toHaveBeenCalled();
    reply(401, { error: "not_signed_in", message: "m", mend: "n" });
    await expect(get("/api/a")).rejects.toBeInstanceOf(ApiError);
    expect(told).toHaveBeenCalledOnce();
    stop();
  });
});
