/** Answers of /api for developing the UI without a server: VITE_FIXTURES=1 npm run dev. The content is that of the mock-ups. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Figure, Finding, Promised, Report, Session, Sheet, Trace } from "../src/api/types";

/** What a fixture needs to say of a shape. */
type Some<T> = T extends (infer U)[] ? Some<U>[] : T extends object ? { [K in keyof T]?: Some<T[K]> | null } : T | null;

const WEEK = { since: "2026-11-16", until: "2026-11-23", label: "week 47" };
const course = (amounts: number[], partial = false) => amounts.map((amount, i) => ({ since: new Date(Date.UTC(2026, 7, 31 + 7 * i)).toISOString().slice(0, 10), amount, partial: partial && i === amounts.length - 1 }));

const figure = (name: string, title: string, unit: string, better: string, amount: number | null, change: number, rest: Partial<Figure>): Figure => ({
  name, title, unit, better, amount, sample: 0, left_out: 0, series: [], left_out_why: "", interval: null, note: "", scope: {}, period: WEEK,
  change: amount === null ? null : { amount: change, before: amount - change, label: "week 46" },
  definition: `${title}: what the metric's docstring says, word for word.`, source: "Kanban Guide (2020)",
  rows: `/api/metrics/${name}/rows?since=2026-11-16&until=2026-11-23`, ...rest,
});

const FIGURES: Figure[] = [
  figure("delivery.cycle_time", "Cycle time, 85%", "days", "lower", 9.4, 1.8, { sample: 64, left_out: 7, left_out_why: "never started", interval: [7.9, 11.2], definition: "85% of the work finished in the period took at most this long.", series: course([6.1, 6.3, 5.9, 6.6, 6.8, 6.5, 7.3, 7.7, 7.9, 8.9, 9.4]) }),
  figure("roadmap.promises_kept", "Promises kept", "%", "higher", 71, -8, { sample: 14, note: "last 90 days", series: course([82, 84, 80, 81, 78, 77, 76, 73, 71]) }),
  figure("usage.active_accounts", "Active accounts", "accounts", "higher", 1284, 31, { sample: 41_230, note: "6 of 7 days", series: course([1190, 1196, 1206, 1210, 1220, 1232, 1244, 1262, 1284], true) }),
  figure("feedback.revenue_waiting", "Revenue waiting on requests", "money", "none", 412_000, 26_000, { sample: 38, series: course([370, 370, 372, 380, 378, 386, 386, 398, 412].map((k) => k * 1000)) }),
  figure("people.requesters_told", "Requesters told", "%", "higher", 44, -30, { sample: 52, note: "since release", series: course([74, 76, 75, 78, 77, 77, 74, 58, 44]) }),
];

const finding = (id: string, severity: Finding["severity"], pill: string, title: string, sentence: string, rest: Some<Finding>): Some<Finding> => ({
  id, detector: "demo", state: "open", severity, pill, title, sentence, evidence: [], subject: null, owner: null, team: null, actions: [],
  first_seen: "2026-11-20T08:00:00", last_seen: "2026-11-22T08:00:00", snoozed_until: null, reason: null, clause: null, threshold: null, ...rest,
});
const act = (label: string, primary = false, needs_reason = false) => ({ label, primary, needs_reason, method: "POST", href: "/api/done", body: {} });

const FINDINGS: Some<Finding>[] = [
  finding("srm-shorter-sign-up", "bad", "Broken", "Stop “Shorter sign-up”: its two groups are not comparable", "5,214 against 4,689 people where half was planned (p = 0.0000001); all of the gap is on iOS 7.2 since 17 November. No winner can be named.", { detector: "broken_experiment", owner: "person:mira", team: "team:growth", subject: "experiment:shorter-sign-up", threshold: "p below 0.001", evidence: [{ label: "assignment by day and platform", href: "/reports/experiments.assignment" }], actions: [act("Stop and restart", true), act("Keep…", false, true)] }),
  finding("ready-smart-defaults", "good", "Ready", "Ship “Smart defaults”? The rule says yes", "Activation +2.1 points [+0.9, +3.3], smallest worthwhile +0.5; latency and support tickets held. Predicted +1.5 by Jonas, +4 by Mira.", { owner: "person:jonas", team: "team:onboarding", evidence: [{ label: "readout", href: "/experiments/smart-defaults" }], actions: [act("Ship", true), act("Against the rule…", false, true)] }),
  finding("risk-bulk-import", "warn", "At risk", "Bulk import: promised 4 December, 23% likely", "85% date is 17 December. Moving “CSV templates” out brings it to 68%; a second reviewer for two weeks to 74%. This team’s 85% dates held 83% of the time (n = 41).", { owner: "person:ada", team: "team:data", subject: "initiative:bulk-import", evidence: [{ label: "9 accounts waiting, €118k", href: "/trace/initiative%3Abulk-import" }, { label: "forecast", href: "/delivery" }], actions: [act("Cut scope"), act("Move date")] }),
  finding("untold-onboarding-checklist", "info", "Untold", "Tell 18 customers that the onboarding checklist is theirs", "Released 17 November, 23 asked, 5 told. Drafts per audience are ready; account owners of 3 want to write themselves.", { owner: "person:sofia", team: "team:customer success", subject: "release:2026.47", evidence: [{ label: "drafts", href: "/releases/2026.47" }, { label: "trace", href: "/trace/initiative%3Aonboarding-checklist" }], actions: [{ label: "Review and send", primary: true, method: "GET", href: "/releases/2026.47", body: null }] }),
];

const PROMISED: Some<Promised>[] = [
  { initiative: "bulk-import", title: "Bulk import", team: "Data", left: 17, p50_at: "2026-12-09", p85_at: "2026-12-17", p95_at: "2026-12-28", promised_at: "2026-12-04", chance: 0.23, why: "review wait; scope +4 this month" },
  { initiative: "audit-export", title: "Audit export", team: "Platform", left: 9, p50_at: "2026-12-03", p85_at: "2026-12-11", p95_at: "2026-12-18", promised_at: "2026-12-06", chance: 0.41, why: "one owner away until 1 December" },
  { initiative: "usage-alerts", title: "Usage alerts", team: "Growth", left: 6, p50_at: "2026-11-27", p85_at: "2026-12-02", p95_at: "2026-12-08", promised_at: "2026-12-11", chance: 0.95, why: "on pace" },
];

const report = (name: string, title: string, columns: Some<Report["columns"]>, rows: Report["rows"], rest: Some<Report> = {}): Some<Report> => ({ name, title, columns, rows, total: rows.length, sample: rows.length, left_out: 0, left_out_why: "", note: "", period: WEEK, scope: {}, definition: `${title}, as its docstring says.`, source: "Callsheet", has_chart: false, ...rest });
const WAITS = report("delivery.stages", "Where changes wait", [{ key: "stage", label: "Stage" }, { key: "median", label: "Median", unit: "days" }, { key: "n", label: "Changes", unit: "changes" }], [{ stage: "coding", median: 1.2, n: 212 }, { stage: "first review", median: 4.2, n: 212 }, { stage: "review to merge", median: 1.1, n: 212 }], { has_chart: true, sample: 212, left_out: 2, left_out_why: "without review data" });
const RISING = report("feedback.rising", "Rising in feedback", [{ key: "theme", label: "Theme" }, { key: "customers", label: "Customers", unit: "customers" }, { key: "revenue", label: "Revenue", unit: "money" }], [{ theme: "Import fails on large files", customers: 14, change: 9, revenue: 96_000 }, { theme: "Who changed this?", customers: 11, change: 4, revenue: 141_000 }, { theme: "Slow board with 500 cards", customers: 8, change: 5, revenue: 32_000 }, { theme: "Calendar sync", new: true, customers: 3, change: 3, revenue: 9_000 }]);

const sheet = (cadence: string): Some<Sheet> => ({
  workspace: "Northlight", cadence: cadence as Sheet["cadence"], period: WEEK, compared_with: "week 46", minutes: 3,
  headline: "Two promises are at risk, and review is why",
  lead: [
    { text: "Changes now wait " }, { text: "4.2 of their 6.9 days", finding: "bottleneck" }, { text: " for a first review, up from 2.6 in October; " }, { text: "Bulk import", finding: "risk-bulk-import" }, { text: " and " }, { text: "Audit export", finding: "risk-audit-export" },
    { text: " have slipped past their promised dates in most simulations. Onboarding checklist shipped to everyone and " }, { text: "adoption is ahead of its prediction", href: "/usage" }, { text: ", but 18 of the 23 customers who asked for it have not been told. One experiment is ready to call; another must be stopped, its assignment is broken." },
  ],
  sections: [
    { key: "figures", title: "", kind: "figures", figures: FIGURES },
    { key: "decisions", title: "Decisions needed", note: "4 · answer here, the evidence is kept with the decision", kind: "findings", href: "/findings", findings: FINDINGS },
    { key: "promises", title: "Promises", note: "simulated from 26 weeks of 7-day blocks · calibration 83% at 85%", kind: "promises", rows: PROMISED },
    { key: "waiting", title: "Where changes wait", note: "median days by stage, 12 weeks", kind: "chart", chart: CHART, caption: "Relieving first review to its September level would shorten changes by 2.3 days [1.6, 2.9].", href: "/delivery", wide: false },
    { key: "rising", title: "Rising in feedback", note: "by customer, 4 weeks", kind: "table", columns: RISING.columns, rows: RISING.rows, wide: false },
    { key: "loose_ends", title: "Also to know", kind: "list", wide: false, items: [{ text: "Support read 2 of 6 notes this month · " }, { text: "Billing API", finding: "owner" }, { text: " has had no owner since 12 November · Zendesk has not synced for 3 days" }] },
  ],
  left_out: [],
});

const months = ["1 Sep", "8 Sep", "15 Sep", "22 Sep", "29 Sep", "6 Oct", "13 Oct", "20 Oct", "27 Oct", "3 Nov", "10 Nov", "17 Nov"];
const area = (name: string, token: string, data: number[]) => ({ name, type: "line", stack: "all", symbol: "none", data, lineStyle: { width: 0 }, areaStyle: { color: token, opacity: 1 }, itemStyle: { color: token }, endLabel: { show: false } });
const CHART = {
  callsheet: { chart: "stacked_area", unit: "days", height: 230 },
  grid: { left: 4, right: 12, top: 14, bottom: 22, containLabel: true },
  tooltip: { trigger: "axis" }, legend: { bottom: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, textStyle: { color: "@ink-3", fontSize: 11 } },
  xAxis: { type: "category", boundaryGap: false, data: months, axisLine: { show: false }, axisTick: { show: false }, axisLabel: { color: "@ink-3", fontSize: 10.5, interval: 3 } },
  yAxis: { type: "value", splitLine: { lineStyle: { color: "@line-soft" } }, axisLabel: { color: "@ink-3", fontSize: 10.5 } },
  series: [area("coding", "@line", [1.1, 1.1, 1.1, 1.1, 1.1, 1.2, 1.1, 1.2, 1.2, 1.2, 1.2, 1.2]), area("first review", "@bad/42", [2.3, 2.2, 2.3, 2.4, 2.3, 2.5, 2.7, 2.9, 3.3, 3.6, 3.8, 4.2]), area("review to merge", "@accent/38", [0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 1, 1, 1, 1.1])],
};

const TRACE: Some<Trace> = {
  ref: "initiative:onboarding-checklist", title: "Onboarding checklist", headline: "From 23 requests to 5 people told",
  sub: "Onboarding checklist · owner Jonas · first asked 3 March, released 17 November (259 days) · predicted +1.5 points of activation, measured +2.1 [+0.9, +3.3]",
  stages: [
    { key: "asked", title: "Asked", note: "23 requests · €186k", cards: [{ ref: "request:r1", title: "“Where do I start?”", note: "Halden AB · support · 3 Mar" }, { ref: "request:r2", title: "Checklist like in X", note: "Orsay · interview · 9 Apr" }, { title: "", note: "21 more in theme First steps unclear" }] },
    { key: "decided", title: "Decided", note: "61 days later", cards: [{ ref: "initiative:onboarding-checklist", title: "Onboarding checklist", note: "RICE 312 · above “Templates” with 78%", focus: true }, { ref: "decision:41", title: "Decision 41", note: "dissent: Mira, “too late in flow”" }] },
    { key: "built", title: "Built", note: "112 days later", cards: [{ title: "14 items, 31 changes", note: "cycle 85%: 8.1 days" }, { ref: "incident:i1", title: "1 hotfix", note: "incident 19 Nov, 40 min" }] },
    { key: "tried", title: "Tried", note: "5 days later", cards: [{ ref: "experiment:smart-checklist", title: "Smart checklist, A/B", note: "21 days · 9,903 people · groups balanced" }] },
    { key: "released", title: "Released", note: "21 days later", cards: [{ ref: "release:2026.47", title: "2026.47", note: "tier 2 · ready 11 of 12" }, { title: "No note for support", note: "audience has not been told", gap: true }] },
    { key: "used", title: "Used", note: "first use after 2 h", cards: [{ ref: "feature:checklist", title: "38% of new accounts", note: "tried 61 · kept 44 · predicted 30%" }] },
    { key: "told", title: "Told", note: "5 of 23", cards: [{ title: "5 requesters", note: "4 read, 1 bounced" }, { title: "18 not told", note: "drafts ready", gap: true }] },
  ],
  untold: [{ ref: "account:orsay", name: "Orsay · asked 9 Apr", note: "owner Sofia wants to write", state: "held" }, { ref: "account:tamarind", name: "Tamarind · asked 2 May", state: "draft" }, { ref: "account:kestrel", name: "Kestrel · asked 19 Jun", note: "address bounced", state: "bounced" }],
  told: [],
  rests_on: [{ label: "23 feedback rows", href: "/reports/feedback.requests" }, { label: "31 changes (2 without review data)" }, { label: "9,903 assignments" }, { label: "4 days of usage since release" }],
};

const SESSION: Some<Session> = {
  actor: { id: "alice", name: "Alice Berg", email: "alice@northlight.example", role: "owner" }, csrf: "fixture",
  workspace: { name: "Northlight", today: "2026-11-22", zone: "Europe/Berlin", currency: "EUR", demo: true },
  rail: { findings: 14, experiments: 5, decisions: "3 due", feedback: 27, stack: "1 stale" },
};

const ROWS = Array.from({ length: 64 }, (_, i) => ({ item_id: `NL-${200 + i}`, title: `Item number ${i + 1}`, team: ["data", "growth", "platform"][i % 3], started_at: `2026-11-${String(1 + (i % 14)).padStart(2, "0")}T09:00:00`, done_at: `2026-11-${16 + (i % 6)}T15:30:00`, days: 2 + ((i * 7) % 11) + (i % 4) / 4 }));
const page = <T,>(items: T[]) => ({ items, total: items.length, page: 1, size: 50 });

function rowsOf(query: URLSearchParams): Some<Report> {
  const number = Number(query.get("page") ?? 1), size = Number(query.get("size") ?? 50);
  return { ...report("delivery.cycle_time", "Cycle time, 85%", [{ key: "item_id", label: "Item", ref: "work" }, { key: "title", label: "Title" }, { key: "team", label: "Team" }, { key: "started_at", label: "Started", unit: "time" }, { key: "done_at", label: "Done", unit: "time" }, { key: "days", label: "Elapsed", unit: "days" }], ROWS.slice((number - 1) * size, number * size), { left_out: 7, left_out_why: "never started" }), total: ROWS.length, sample: ROWS.length };
}

type Reply = [pattern: RegExp, answer: (query: URLSearchParams, part: string) => unknown];
const REPLIES: Reply[] = [
  [/^\/api\/session$/, () => SESSION],
  [/^\/api\/sheet$/, (query) => (query.get("format") ? "# Two promises are at risk, and review is why" : sheet(query.get("cadence") ?? "weekly"))],
  [/^\/api\/findings$/, (query) => page((query.get("state") ?? "open") === "open" ? FINDINGS : [])],
  [/^\/api\/findings\/([^/]+)$/, (_query, id) => FINDINGS.find((one) => one.id === id)],
  [/^\/api\/trace\//, () => TRACE],
  [/^\/api\/metrics$/, () => FIGURES.map(({ name, title, unit, better, definition, source }) => ({ name, title, unit, better, definition, source, domain: name.split(".")[0], scopes: ["team"] }))],
  [/^\/api\/metrics\/[^/]+\/rows$/, rowsOf],
  [/^\/api\/metrics\/([^/]+)$/, (_query, name) => FIGURES.find((one) => one.name === name)],
  [/^\/api\/reports$/, () => [WAITS, RISING].map(({ name, title, definition, source, has_chart }) => ({ name, title, definition, source, has_chart, domain: name!.split(".")[0], scopes: [] }))],
  [/^\/api\/reports\/[^/]+\/chart$/, () => CHART],
  [/^\/api\/reports\/([^/]+)$/, (_query, name) => [WAITS, RISING].find((one) => one.name === name)],
  [/^\/api\/search$/, (query) => ({ items: [{ ref: "initiative:bulk-import", title: "Bulk import", kind: "initiative", href: "/trace/initiative%3Abulk-import", note: "promised 4 December" }].filter((hit) => hit.title.toLowerCase().includes((query.get("q") ?? "").toLowerCase())) })],
  [/^\/api\/members$/, () => page([{ ...SESSION.actor, created_at: "2026-01-04T09:00:00" }, { id: "bob", name: "Bob Lind", email: "bob@northlight.example", role: "member", created_at: "2026-02-01T09:00:00" }])],
  [/^\/api\/keys$/, () => page([{ id: "k1", name: "nightly import", role: "member", hint: "4f2a", created_by: "alice", created_at: "2026-10-04T09:00:00", revoked_at: null }])],
  [/^\/api\/audit$/, () => page([{ id: 2, done_at: "2026-11-21T10:12:00", verb: "finding.acknowledged", ref: "finding:risk-bulk-import", actor_id: "bob", actor_name: "Bob Lind", details: { reason: "talking to Ada" } }, { id: 1, done_at: "2026-11-17T09:00:00", verb: "release.published", ref: "release:2026.47", actor_id: "alice", actor_name: "Alice Berg", details: {} }])],
  [/^\/api\/imports$/, () => page([{ id: "imp1", file: "work.csv", kind: "work", counts: { rows: 1204, inserted: 1190, updated: 8, unchanged: 2, quarantined: 4 }, imported_at: "2026-11-20T08:10:00" }])],
  [/^\/api\/imports\/[^/]+\/quarantine$/, () => page([{ line: 17, error: "done_at is before started_at (−3 days)", raw: "NL-217,2026-11-09,2026-11-06" }])],
  [/^\/api\/sources$/, () => page([{ name: "git", connector: "git", synced_at: "2026-11-22T07:50:00", rows: 40_211 }, { name: "zendesk", connector: "files", synced_at: "2026-11-19T07:50:00", rows: 812, stale: true }])],
];

/** Middleware of the development server: a fixture, or 404 in our own shape. */
export function answer(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const url = new URL(request.url ?? "/", "http://fixtures");
  if (!url.pathname.startsWith("/api/")) return next();
  if (url.pathname === "/api/stream") {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write("retry: 30000\n\n");
    return;
  }
  if (request.method !== "GET") {
    response.writeHead(204).end();
    return;
  }
  for (const [pattern, reply] of REPLIES) {
    const match = pattern.exec(url.pathname);
    const body = match && reply(url.searchParams, decodeURIComponent(match[1] ?? ""));
    if (!body) continue;
    const text = typeof body === "string";
    response.writeHead(200, { "Content-Type": text ? "text/plain" : "application/json" }).end(text ? body : JSON.stringify(body));
    return;
  }
  response.writeHead(404, { "Content-Type": "application/json" }).end(JSON.stringify({ error: "not_found", message: `There is no ${url.pathname}.`, mend: "Add it to dev/fixtures.ts." }));
}
