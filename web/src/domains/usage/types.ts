/** Shapes of /api/usage. */
import type { Row } from "@/api/types";

export interface Feature {
  id: string; name: string; line: string; owner: string; stage: string; events: string[]; flag: string; docs_url: string; product: string;
  released_at: string | null; predicted_share: number | null; predicted_low: number | null; predicted_high: number | null; predicted_by: string;
  retired_at: string | null; retired_why: string;
}
export interface Split { segment: string; could_use: number; tried: number; share: number }
export interface Adoption extends Row {
  feature: string; title: string; owner: string; released_at: string; days: number; could_use: number; tried: number;
  tried_share: number | null; tried_low: number | null; tried_high: number | null; repeated: number; kept: number | null; kept_of: number;
  first_use_hours: number | null; predicted_share: number | null; predicted_low: number | null; predicted_high: number | null;
  revenue_tried: number | null; segments: Split[];
}
export interface Use extends Row { uses: number; persons: number; accounts: number; uses_before: number; change: number | null; last_at: string | null }
export interface FeaturePage extends Feature { adoption: Adoption | null; use: Use | null }
export interface AccountPage {
  account: Row; weeks: { week: string; events: number; persons: number }[]; features: Row[]; people: Row[];
  events: { event_id: string; occurred_at: string; event: string; person_id: string | null; used: string | null }[]; feedback: number;
}

export const NO_RIGHT = "Your role may read; a member or an owner can change this.";
export const featureApi = (id: string) => `/api/usage/features/${encodeURIComponent(id)}`;
export const featureHref = (id: string) => `/usage/features/${encodeURIComponent(id)}`;
/** Ahead, as predicted, behind, or too few to say: the interval of what was measured against what was predicted. */
export function against(row: Adoption): { tone: string; word: string } | null {
  if (row.predicted_share === null || row.tried_low === null || row.tried_high === null) return null;
  if (row.tried_low > row.predicted_share) return { tone: "good", word: "ahead" };
  if (row.tried_high < row.predicted_share) return { tone: "warn", word: "behind" };
  return { tone: "plain", word: "as predicted" };
}
