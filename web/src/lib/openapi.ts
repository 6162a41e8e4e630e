/** The API's own description (OpenAPI 3.1) as a list that people read. */

interface Schema { $ref?: string; type?: string | string[]; format?: string; enum?: unknown[]; items?: Schema; properties?: Record<string, Schema>; required?: string[]; anyOf?: Schema[]; allOf?: Schema[]; default?: unknown; const?: unknown; additionalProperties?: Schema | boolean }
interface Parameter { name: string; in: string; required?: boolean; description?: string; schema?: Schema }
interface Described { tags?: string[]; summary?: string; description?: string; parameters?: Parameter[]; requestBody?: { content?: Record<string, { schema?: Schema }> } }
export interface OpenApi { info: { title: string; version: string }; paths: Record<string, Record<string, Described>>; components?: { schemas?: Record<string, Schema> } }

export interface Field { name: string; place: string; type: string; required: boolean; about: string }
export interface Operation { id: string; method: string; path: string; tag: string; about: string; fields: Field[]; curl: string }

const METHODS = ["get", "post", "put", "patch", "delete"];

function resolved(schema: Schema | undefined, api: OpenApi): Schema {
  const name = schema?.$ref?.split("/").pop();
  return (name ? api.components?.schemas?.[name] : schema) ?? {};
}

/** "text", "number", "daily | weekly", "list of text". */
export function typeOf(schema: Schema | undefined, api: OpenApi): string {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop()!;
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum) return schema.enum.join(" | ");
  if (schema.anyOf) return schema.anyOf.filter((one) => one.type !== "null").map((one) => typeOf(one, api)).join(" or ");
  if (schema.type === "array") return `list of ${typeOf(schema.items, api) || "anything"}`;
  if (schema.format === "date-time") return "moment";
  return { string: "text", integer: "whole number", number: "number", boolean: "yes or no", object: "object" }[String(schema.type)] ?? "anything";
}

function example(schema: Schema | undefined, api: OpenApi, deep = 0): unknown {
  const shape = resolved(schema, api);
  if (shape.default !== undefined && shape.default !== null) return shape.default;
  if (shape.const !== undefined) return shape.const;
  if (shape.enum) return shape.enum[0];
  if (shape.anyOf) return example(shape.anyOf.find((one) => one.type !== "null"), api, deep);
  if (shape.type === "array") return deep > 2 ? [] : [example(shape.items, api, deep + 1)];
  if (shape.properties) return deep > 2 ? {} : Object.fromEntries((shape.required ?? Object.keys(shape.properties)).map((name) => [name, example(shape.properties![name], api, deep + 1)]));
  return { integer: 1, number: 1, boolean: true, object: {} }[String(shape.type)] ?? (shape.format === "date-time" ? "2026-11-23T09:00:00Z" : "…");
}

/** A command that can be pasted into a shell; `KEY` stands for an API key. */
export function curl(method: string, path: string, described: Described, api: OpenApi, origin: string): string {
  const query = (described.parameters ?? []).filter((one) => one.in === "query" && one.required).map((one) => `${one.name}=${encodeURIComponent(String(example(one.schema, api)))}`);
  const lines = [`curl ${method === "get" ? "" : `-X ${method.toUpperCase()} `}"${origin}${path}${query.length ? `?${query.join("&")}` : ""}"`, `-H "Authorization: Bearer $CALLSHEET_KEY"`];
  const content = described.requestBody?.content ?? {};
  if (content["multipart/form-data"]) lines.push(`-F "file=@data.csv"`);
  else if (content["application/json"]) {
    const body = JSON.stringify(example(content["application/json"].schema, api)).replaceAll("'", "'\\''");
    lines.push(`-H "Content-Type: application/json"`, `-d '${body}'`);
  }
  return lines.join(" \\\n  ");
}

function fieldsOf(described: Described, api: OpenApi): Field[] {
  const given = (described.parameters ?? []).map((one) => ({ name: one.name, place: one.in, type: typeOf(one.schema, api), required: Boolean(one.required), about: one.description ?? "" }));
  const body = Object.values(described.requestBody?.content ?? {})[0]?.schema;
  const shape = resolved(body, api);
  const inBody = Object.entries(shape.properties ?? {}).map(([name, one]) => ({ name, place: "body", type: typeOf(one, api), required: Boolean(shape.required?.includes(name)), about: "" }));
  return [...given, ...inBody];
}

/** Every operation, in the order of the description. */
export function operations(api: OpenApi, origin: string): Operation[] {
  return Object.entries(api.paths).flatMap(([path, methods]) =>
    METHODS.filter((method) => methods[method]).map((method) => {
      const described = methods[method]!;
      return {
        id: `${method}-${path}`.replace(/\W+/g, "-"), method: method.toUpperCase(), path, tag: described.tags?.[0] ?? "other",
        about: (described.description ?? described.summary ?? "").trim(), fields: fieldsOf(described, api), curl: curl(method, path, described, api, origin),
      };
    }));
}
