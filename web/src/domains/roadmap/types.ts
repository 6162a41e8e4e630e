/** The names of the roadmap's shapes here, and what the pages share. */
export type { DecisionOut as Decision, Forecast, InitiativeFull as Full, InitiativeOut as Card, ScoreInput } from "@/api/generated";

export const COLUMNS = ["now", "next", "later"] as const;
export const initiativeHref = (id: string) => `/roadmap/initiatives/${encodeURIComponent(id)}`;
export const VIEWER = "Viewers read; a member decides.";
