/** The names of the releases' shapes here, and what the pages share. */
export type { Entry, Group, CallsheetReleasesApiLine as Line, ReleaseDetail as Release, ReleaseRow } from "@/api/generated";

export const AUDIENCES = ["customers", "support", "sales", "engineering"] as const;
export const TIERS: Record<number, string> = { 1: "1 · major", 2: "2 · notable", 3: "3 · routine", 4: "4 · silent" };
export const NO_RIGHT = "Viewers read. An owner can give you the role of a member.";
