/** Shapes of /api/stack, /api/sources and /api/imports. */
export type Freshness = "fresh" | "stale" | "failed" | "never";

export interface Tool {
  id: string; title: string; capability: string; owner: string | null; backup: string | null; cost: number | null; currency: string;
  renewal_at: string | null; notice_days: number; notice_at: string | null; seats: number | null; active: number | null; unused: number | null;
  used: number | null; cost_per_user: number | null; data_held: string; connector: string; synced_at: string | null; days: number | null;
  state: Freshness; words: string;
}

export const TONES: Record<Freshness, string> = { fresh: "good", stale: "warn", failed: "bad", never: "plain" };
export const CAPABILITIES = ["delivery", "usage", "feedback", "roadmap", "experiments", "comms", "support", "docs"];
