/** The names of the stack's shapes here, and what the pages share. */
import type { ToolOut as Tool } from "@/api/generated";

export type { Tool };
export type Freshness = Tool["state"];

export const TONES: Record<Freshness, string> = { fresh: "good", stale: "warn", failed: "bad", never: "plain" };
export const CAPABILITIES = ["delivery", "usage", "feedback", "roadmap", "experiments", "comms", "support", "docs"];
