/** The names of the experiments' shapes here, and how effects are written: shares in points. */
import * as format from "@/lib/format";

export type { ExperimentOut as Experiment, Ratio, ReadoutOut as Readout, Row as Line } from "@/api/generated";

export const NO_RIGHT = "Your role may read; a member or an owner decides.";
export const chartPath = (id: string) => `/api/experiments/${encodeURIComponent(id)}/chart`;
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
