/** Shapes of /api/experiments, and how effects are written: shares in points. */
import * as format from "@/lib/format";
import type { Row } from "@/api/types";

export interface Prediction { by: string; effect: number; low: number; high: number; held?: boolean | null }
export interface ArmPlan { name: string; allocation: number }
export interface GuardrailPlan { metric: string; kind?: string; better?: string; margin?: number }
export interface Amendment { made_at: string; by: string; reason: string; before: Record<string, unknown>; after: Record<string, unknown> }
export interface Experiment {
  id: string; title: string; hypothesis: string; owner: string; initiative: string; team: string; kind: string; metric: string; metric_kind: string;
  better: string; unit_kind: string; arms: ArmPlan[]; worthwhile: number; guardrails: GuardrailPlan[]; planned_days: number; predictions: Prediction[];
  amendments: Amendment[]; exposure_key: string; copied_from: string; plan_hash: string; state: string; planned_at: string; started_at: string | null;
  ended_at: string | null; decision: string; decided_at: string | null; decided_by: string; reason: string; measured: Record<string, unknown>;
}
export interface Line extends Row {
  id: string; title: string; owner: string; state: string; metric: string; started_at: string | null; decided_at: string | null; day: number; planned_days: number;
  units: number; srm_ok: boolean; difference: number | null; low: number | null; high: number | null; verdict: string; verdict_label: string; verdict_words: string; unit: string;
}
export interface Ratio { observed: number[]; expected: number[]; p: number; ok: boolean; method: string; sentence: string }
export interface Readout {
  verdict: string; verdict_label: string; verdict_words: string; day: number; planned_days: number; complete: boolean; units: number; left_out: number; left_out_why: string;
  metric: string; unit: string; method: string; worthwhile: number; refused: string | null; cause: string; read_until: string; predicted: Prediction[];
  arms: { name: string; units: number; planned: number; value: number | null }[];
  comparisons: { arm: string; value: number | null; difference: number | null; low: number | null; high: number | null; p: number | null; p_holm: number | null; relative: number | null; relative_low: number | null; relative_high: number | null }[];
  guardrails: { metric: string; arm: string; margin: number; state: "kept" | "broken" | "unclear"; difference: number | null; low: number | null; high: number | null; value: number | null; control_value: number | null }[];
  srm: Ratio; srm_segments: (Ratio & { segment: string })[]; srm_days: (Ratio & { day: string })[];
  days: { day: string; units: number; difference: number | null }[]; needs_reason: Record<string, boolean>;
}

export const NO_RIGHT = "Your role may read; a member or an owner decides.";
export const api = (id: string) => `/api/experiments/${encodeURIComponent(id)}`;
export const href = (id: string) => `/experiments/${encodeURIComponent(id)}`;
export const VERDICTS: Record<string, string> = { ship: "Ship", roll_back: "Roll back", keep_running: "Keep running", inconclusive: "Inconclusive" };
export const TONES: Record<string, string> = { ship: "good", roll_back: "warn", keep_running: "info", inconclusive: "plain", broken: "bad", waiting: "plain" };

const scaled = (value: number, unit: string) => (unit === "points" ? value * 100 : value);
/** 0.031 of a share -> "+3.1"; the unit is written once, by the caller. */
export function plus(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined) return format.NONE;
  const shown = Math.round(scaled(value, unit) * 10) / 10;
  return `${shown > 0 ? "+" : shown < 0 ? "−" : ""}${Math.abs(shown).toFixed(1)}`;
}
/** "+3.1 [+1.2, +5.0]". */
export function effect(row: { difference: number | null; low: number | null; high: number | null }, unit: string): string {
  if (row.difference === null) return format.NONE;
  return row.low === null ? plus(row.difference, unit) : `${plus(row.difference, unit)} [${plus(row.low, unit)}, ${plus(row.high, unit)}]`;
}
export const amount = (value: number | null, unit: string) => (value === null ? format.NONE : unit === "points" ? `${(value * 100).toFixed(1)}%` : format.number(value));
export function chance(p: number | null): string {
  if (p === null) return format.NONE;
  return p >= 0.001 ? p.toPrecision(2) : p.toExponential(0).replace("e-", " × 10⁻").replace(/⁻(\d+)$/, (_all, digits: string) => `⁻${[...digits].map((one) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(one)]).join("")}`);
}
