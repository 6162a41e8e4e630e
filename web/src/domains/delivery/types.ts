/** Shapes of /api/delivery that the pages read. */
import type { Row } from "@/api/types";

export interface Kept { held: number | null; low: number | null; high: number | null; n: number; honest: boolean | null }
export interface BackTest { origins: number; left_out: number; left_out_why: string | null; brier: number | null; coverage: Record<string, Kept> }
interface Basis {
  team: string;
  after: string;
  why_not: string | null;
  sample_days: number;
  finished: number;
  per_week: number;
  left_out: number;
  left_out_why: string;
  notes: string[];
  backtest: BackTest;
}
export interface When extends Basis {
  initiative: string;
  items: number;
  items_high: number;
  share: number;
  percentiles: { chance: number; days: number | null; date: string | null; recalibrated_days: number | null }[];
  by: string | null;
  chance: number | null;
}
export interface HowMany extends Basis {
  until: string;
  percentiles: { chance: number; items: number; recalibrated_items: number | null }[];
}
export interface InitiativeRow extends Row {
  initiative: string;
  team: string;
  left: number;
  done: number;
  items_per_week: number | null;
  p50_days: number | null;
  p85_days: number | null;
  p95_days: number | null;
  coverage85: number | null;
  origins: number;
  scope_added_28: number;
  review_share: number | null;
  why_not: string;
}
export interface StageRow extends Row {
  stage: string;
  label: string;
  median_days: number | null;
  share: number | null;
  before_days: number | null;
  p: number | null;
  gain_days: number | null;
  gain_low: number | null;
  gain_high: number | null;
  limits: boolean;
}
export interface ItemDetail {
  item_id: string;
  title: string | null;
  kind: string | null;
  team: string | null;
  state: string | null;
  category: string | null;
  owner: string | null;
  author: string | null;
  parent: string | null;
  labels: string | null;
  created_at: string | null;
  begun_at: string | null;
  done_at: string | null;
  due_at: string | null;
  unplanned: boolean | null;
  url: string | null;
  days: number | null;
  history: boolean;
  visits: Row[];
  time_in_state: { state: string; days: number }[];
  changes: Row[];
  links: { kind: string; from_ref: string; to_ref: string }[];
}
