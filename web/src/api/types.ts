/** The core shapes of the API, as docs/house.md fixes them. Domain shapes come from the generated client. */

export type Severity = "bad" | "warn" | "info" | "good";
export type Better = "higher" | "lower" | "neither";
export type Scope = Record<string, string>;

export interface Period { since: string; until: string; label?: string }
export interface Change { amount: number; before: number | null; label: string }
export interface Point { since: string; amount: number | null; partial?: boolean }

export interface Figure {
  name: string;
  title: string;
  unit: string;
  better: Better | string | null;
  amount: number | null;
  sample: number | null;
  left_out: number | null;
  left_out_why?: string | null;
  interval?: [number, number] | number[] | null;
  change?: Change | null;
  series?: Point[] | null;
  period: Period;
  scope?: Scope;
  definition?: string | null;
  source?: string | null;
  rows?: string | null;
  note?: string | null;
}

/** `ref` is the kind of object that the cells name ("any": whole refs); `href` a template such as "/delivery?item={item_id}". */
export interface Column { key: string; label: string; unit?: string | null; ref?: string | null; href?: string | null; doc?: string | null; align?: string | null }
export type Row = Record<string, unknown>;

export interface Report {
  name: string;
  title: string;
  columns: Column[];
  rows: Row[];
  total: number;
  sample?: number | null;
  left_out?: number | null;
  left_out_why?: string | null;
  note?: string | null;
  period?: Period | null;
  scope?: Scope;
  definition?: string | null;
  source?: string | null;
  has_chart?: boolean;
}

export interface Evidence { label: string; value?: string | number | null; href?: string | null }
export interface FindingAction {
  label: string;
  primary?: boolean;
  method: string;
  href: string;
  body?: unknown;
  needs_reason?: boolean;
  /** Asked before it is done. */
  confirm?: string;
}
export interface Finding {
  id: string;
  detector: string;
  state: string;
  severity: Severity;
  pill: string;
  title: string;
  sentence: string;
  evidence: Evidence[];
  subject?: string | null;
  owner?: string | null;
  team?: string | null;
  concerns?: string[];
  actions?: FindingAction[];
  first_seen: string;
  last_seen?: string;
  snoozed_until?: string | null;
  reason?: string | null;
  clause?: string | null;
  threshold?: string | null;
  try_this?: string | null;
  symptom?: string | null;
  decide?: boolean;
  since?: string | null;
  history?: FindingEvent[];
}
export interface FindingEvent { done_at: string; verb: string; actor_name: string; details?: Record<string, unknown> }

export interface LeadClause { text: string; href?: string | null; finding?: string | null }
/** A stretch of text; with an address or a finding it is a link. */
export type Piece = LeadClause;
/** A promised initiative: `chance` is a share (0 to 1). */
export interface Promised {
  initiative: string;
  title: string;
  team?: string | null;
  left?: number | null;
  p50_at?: string | null;
  p85_at?: string | null;
  p95_at?: string | null;
  promised_at?: string | null;
  chance?: number | null;
  why?: string | null;
  why_not?: string | null;
}
export interface SheetSection {
  key: string;
  title: string;
  note?: string | null;
  href?: string | null;
  kind: "figures" | "findings" | "table" | "promises" | "chart" | "list";
  figures?: Figure[];
  findings?: Finding[];
  columns?: Column[];
  rows?: Row[];
  chart?: Record<string, unknown> | null;
  caption?: string | null;
  items?: Piece[];
  /** Narrow parts stand side by side. */
  wide?: boolean;
}
export interface Sheet {
  workspace: string;
  cadence: Cadence;
  period: Period;
  compared_with?: string | null;
  headline: string;
  lead: LeadClause[];
  minutes?: number | null;
  sections: SheetSection[];
  left_out?: string[] | null;
}
export type Cadence = "daily" | "weekly" | "monthly";

export interface TraceCard { ref?: string | null; title: string; note?: string | null; href?: string | null; gap?: boolean; focus?: boolean }
export interface TraceStage { key: string; title: string; note?: string | null; cards: TraceCard[] }
export interface TracePerson { ref: string; name: string; note?: string | null; state: string }
export interface Trace {
  ref: string;
  title: string;
  headline: string;
  sub?: string | null;
  stages: TraceStage[];
  untold: TracePerson[];
  told: TracePerson[];
  rests_on: { label: string; href?: string | null }[];
}

export type Role = "owner" | "member" | "viewer";
export interface Actor { id: string; name: string; email?: string | null; role: Role }
export interface Session {
  actor: Actor;
  csrf: string;
  workspace: { name: string; today: string; zone: string; currency: string; demo: boolean };
  rail: Record<string, number | string>;
  /** Colleagues by person id. */
  names?: Record<string, string>;
}

export interface Page<T> { items: T[]; total: number; page: number; size: number }
export interface SearchHit { ref: string; title: string; kind: string; href: string; note?: string | null }
export interface MetricEntry { name: string; title: string; unit: string; better?: string | null; definition?: string | null; source?: string | null; scopes?: string[]; domain?: string }
export interface ReportEntry { name: string; title: string; definition?: string | null; source?: string | null; scopes?: string[]; has_chart?: boolean; domain?: string }

export interface StreamEvent { type: "job" | "changed" | "log"; [key: string]: unknown }
export interface JobEvent extends StreamEvent { type: "job"; id: string; name?: string; done?: number; total?: number | null; state?: string; note?: string; error?: string | null }
