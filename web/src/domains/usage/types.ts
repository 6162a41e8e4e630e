/** The names of usage's shapes here, and what the pages share. */
import type { Adoption } from "@/api/generated";

export type { AccountPage, FeatureOut as Feature, FeaturePage, Split, Use } from "@/api/generated";
export type { Adoption };

export const NO_RIGHT = "Your role may read; a member or an owner can change this.";
export const chartPath = (id: string) => `/api/usage/features/${encodeURIComponent(id)}/chart`;
export const featureHref = (id: string) => `/usage/features/${encodeURIComponent(id)}`;
/** Ahead, as predicted, behind, or too few to say: the interval of what was measured against what was predicted. */
export function against(row: Adoption): { tone: string; word: string } | null {
  if (row.predicted_share === null || row.tried_low === null || row.tried_high === null) return null;
  if (row.tried_low > row.predicted_share) return { tone: "good", word: "ahead" };
  if (row.tried_high < row.predicted_share) return { tone: "warn", word: "behind" };
  return { tone: "plain", word: "as predicted" };
}
