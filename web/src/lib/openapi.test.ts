import { describe, expect, it } from "vitest";
import { operations, typeOf, type OpenApi } from "./openapi";

const api: OpenApi = {
  info: { title: "Callsheet", version: "1" },
  paths: {
    "/api/sheet": { get: { tags: ["sheet"], description: "Return the sheet.", parameters: [{ name: "cadence", in: "query", schema: { enum: ["daily", "weekly"] } }] } },
    "/api/keys": { post: { tags: ["access"], summary: "Make a key", requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/NewKey" } } } } } },
  },
  components: { schemas: { NewKey: { type: "object", required: ["name"], properties: { name: { type: "string" }, role: { anyOf: [{ enum: ["viewer", "owner"] }, { type: "null" }] } } } } },
};

describe("the API's description", () => {
  const [sheet, keys] = operations(api, "http://here");
  it("an operation names its parameters", () => expect(sheet!.fields).toEqual([{ name: "cadence", place: "query", type: "daily | weekly", required: false, about: "" }]));
  it("a body's fields follow its reference", () => expect(keys!.fields.map((one) => [one.name, one.type, one.required])).toEqual([["name", "text", true], ["role", "viewer | owner", false]]));
  it("a reading call needs only the key", () => expect(sheet!.curl).toBe('curl "http://here/api/sheet" \\\n  -H "Authorization: Bearer $CALLSHEET_KEY"'));
  it("a change carries the fields it needs", () => expect(keys!.curl).toContain(`-d '{"name":"…"}'`));
  it("lists say of what", () => expect(typeOf({ type: "array", items: { type: "string" } }, api)).toBe("list of text"));
});
