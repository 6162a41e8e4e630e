/** The names of delivery's shapes here, and rows of its reports that the pages read. */
import type { Row } from "@/api/types";

export type { BackTested as BackTest, HowManyOut as HowMany, ItemDetail, Kept, WhenOut as When } from "@/api/generated";

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
