/** What the pages of incoming events share: words for what became of events, and what to do about refusals. */
import type { Amounts, EventRuleOut, IntakeHour } from "@/api/generated";

export type { Amounts, EventRuleOut as EventRule, EventSourceOut as Source, IntakeHour, RefusedOut, RefusedReason, RulePreview, SchemaDetail, SchemaEvent, SchemaProperty } from "@/api/generated";

export const OWNER_ONLY = "An owner can change this.";
export const sourceHref = (id: string) => `/usage/sources/${encodeURIComponent(id)}`;
export const tabHref = (tab: string, more: Record<string, string> = {}) => `/usage/events?${new URLSearchParams({ tab, ...more })}`;

export const KINDS: { value: string; label: string }[] = [
  { value: "any", label: "Any client" }, { value: "browser", label: "Web pages" }, { value: "posthog", label: "PostHog client" },
  { value: "segment", label: "Segment client" }, { value: "webhook", label: "Webhook" },
];
export const kindName = (kind: string) => KINDS.find((one) => one.value === kind)?.label ?? kind;

/** What each refusal means for whoever sends. */
const MENDS: Record<string, string> = {
  no_user: "Give each event a user id or an anonymous id, then send it again: what was sent names nobody.",
  no_event: "Give the event a name.", no_group: "Give the group call a group id.", no_previous: "Give the alias call the previous id.",
  bad_id: "Shorten the id, or send it as text.", bad_properties: "Send properties as a JSON object.", bad_event: "Send each event as a JSON object.",
  bad_type: "Use one of the call types of the protocol.", bad_json: "The body is cut off or not JSON: look at what sits between the client and this server.",
  bad_batch: "Send the events as a list under batch.", invalid_payload: "Send one event, a list, or an object with a batch.",
  bad_encoding: "The compressed body is damaged: look at what sits between the client and this server.", unsupported_encoding: "Send gzip, or plain JSON.",
  too_large: "Send less with one event: leave out documents and lists of things.", too_deep: "Send flatter properties.",
  rate_limited: "Clients wait and send these again; raise the source's rate if it is too low for them.",
  paused: "Resume the source, then try these again: nothing is wrong with them.",
};
export const mend = (code: string) => MENDS[code] ?? "Look at what was sent, mend the client, then try it again.";

export interface Account { received: number; stored: number; duplicate: number; refused: number; blocked: number; sampled: number }

/** Received, and the five things that can become of it; they always add up. */
export function account(amounts: Amounts | undefined): Account {
  const all = amounts ?? { received: 0, stored: 0, duplicate: 0, refused: 0, set_aside: 0 };
  const by = (kind: string) => Object.entries(all.outcomes ?? {}).reduce((sum, [key, amount]) => (key.startsWith(`${kind}:`) ? sum + amount : sum), 0);
  return { received: all.received, stored: all.stored, duplicate: all.duplicate, refused: all.refused, blocked: by("blocked"), sampled: by("sampled") };
}

/** The hours of one span, also those in which nothing came, the oldest first. */
export function hourly(hours: IntakeHour[], count: number, now: Date = new Date()): (Account & { hour: string })[] {
  const found = new Map<number, Account>();
  for (const one of hours) {
    const key = Math.floor(Date.parse(`${one.hour}Z`) / 3_600_000);
    const sum = found.get(key);
    const own = account(one);
    found.set(key, sum ? { received: sum.received + own.received, stored: sum.stored + own.stored, duplicate: sum.duplicate + own.duplicate, refused: sum.refused + own.refused, blocked: sum.blocked + own.blocked, sampled: sum.sampled + own.sampled } : own);
  }
  const last = Math.floor(now.getTime() / 3_600_000);
  return Array.from({ length: count }, (_, place) => {
    const key = last - count + 1 + place;
    return { ...(found.get(key) ?? account(undefined)), hour: new Date(key * 3_600_000).toISOString() };
  });
}

/** From so many hours ago until now, as the server wants it; rounded, so that the question stays the same for a minute. */
export function span(hours: number): { since: string; until: string } {
  const minute = Math.ceil(Date.now() / 60_000) * 60_000;
  const text = (moment: number) => new Date(moment).toISOString().slice(0, 19) + "Z";
  return { since: text(Math.floor((minute - hours * 3_600_000) / 3_600_000) * 3_600_000), until: text(minute + 60_000) };
}

const ACTS: Record<string, (rule: RuleWords) => string> = {
  block: () => "Block", rename: (rule) => `Rename to ${String(rule.argument ?? "…")}`, drop_property: (rule) => `Drop ${rule.target || "…"}`,
  hash_property: (rule) => `Hash ${rule.target || "…"}`, set_property: (rule) => `Set ${rule.target || "…"} to ${JSON.stringify(rule.argument ?? null)}`,
  sample: (rule) => `Keep ${Math.round(rule.share * 1000) / 10}% of people`,
};
type RuleWords = Pick<EventRuleOut, "action" | "argument" | "target" | "share" | "event" | "source" | "property" | "op" | "value">;
const OPS: Record<string, string> = { is: "is", is_not: "is not", contains: "contains", not_contains: "does not contain", set: "is set", not_set: "is not set" };
export const opWords = (op: string) => OPS[op] ?? op;

/** What a rule does, and to which events: "Drop email" and "signup_* from web, where plan is free". */
export function ruleWords(rule: RuleWords, nameOf: (id: string) => string = (id) => id): { act: string; which: string } {
  const condition = rule.property ? `, where ${rule.property} ${opWords(rule.op)}${["set", "not_set"].includes(rule.op) ? "" : ` ${rule.value}`}` : "";
  return { act: ACTS[rule.action]?.(rule) ?? rule.action, which: `${rule.event === "*" ? "all events" : rule.event}${rule.source ? ` from ${nameOf(rule.source)}` : ""}${condition}` };
}

/** JSON as people read it; what is none stays as it came. */
export function pretty(raw: string): string {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2);
  } catch {
    return raw;
  }
}
