/** Shapes of /api/roadmap. */

export interface Card {
  initiative: string; title: string; why: string; team: string; owner: string; stage: string; goal: string; goal_title?: string | null;
  promised_at: string | null; started_at: string | null; done_at: string | null; created_at: string; source_ref: string;
}
export interface Forecast {
  initiative: string; title: string; team: string; stage: string; left: number | null; done: number | null; promised_at: string | null; p50_at: string | null; p85_at: string | null;
  p95_at: string | null; chance: number | null; coverage85: number | null; origins: number | null; why: string; why_not: string; sample_days: number | null;
  moves: number; moved_days: number; accounts: number; revenue: number;
}
export interface Override { amount: number; low: number | null; high: number | null; reason: string; by: string; set_at: string }
export interface ScoreInput { input: string; amount: number; low: number; high: number; unit: string; source: string; evidence: string; sample: number; override: Override | null }
export interface Score { place: number; score: number; low: number; high: number; above_next: number | null; held: number; inputs: ScoreInput[] }
export interface Slip { initiative: string; title: string; kind: string; turn: string; changed_at: string; before: string; after: string; days: number | null; words: string; reason: string; actor: string }
export interface Demand { requests: number; request_ids: string[]; requesters: number; accounts: number; revenue: number; waiting_accounts: number; waiting_revenue: number }
export interface Prediction { metric: string; effect: number; low: number | null; high: number | null; due_at: string | null; by: string }
export interface Snapshot { metric: string; title?: string; amount: number | null; unit: string; sample: number; read_at?: string }
export interface Choice { title: string; for?: string; against?: string; chosen?: boolean }
export interface Decision {
  decision: string; title: string; ref: string; because: string; options: Choice[]; dissent: string; evidence: Snapshot[]; prediction: Partial<Prediction>;
  by: string; decided_at: string; review_at: string | null; outcome: string; reviewed_at: string | null; due: boolean;
}
export interface Full extends Card { forecast: Forecast | null; demand: Demand | null; score: Score | null; prediction: Prediction | null; slips: Slip[]; decisions: Decision[] }
export interface Moved { before: { stage: string; index: number } }

export const COLUMNS = ["now", "next", "later"] as const;
export const initiativePath = (id: string, rest = "") => `/api/roadmap/initiatives/${encodeURIComponent(id)}${rest}`;
export const initiativeHref = (id: string) => `/roadmap/initiatives/${encodeURIComponent(id)}`;
export const VIEWER = "Viewers read; a member decides.";
