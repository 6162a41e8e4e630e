/** The shapes of /api/releases. */
import type { Row } from "@/api/types";

export interface ReleaseRow {
  release: string;
  version: string;
  line: string;
  title: string;
  released_at: string;
  prerelease: boolean;
  items: number;
  initiatives: string[];
  tier: number | null;
  state: "none" | "draft" | "published";
  published_at: string | null;
  ready_done: number;
  ready_total: number;
  incidents: number;
  url: string;
}

export interface Entry { entry_id: string; text: string; item_id: string | null; change_id: string | null }
export interface Group { kind: string; title: string; entries: Entry[] }
export interface Line { id: string; track: string; title: string; owner: string; due_at: string | null; evidence: string; done_at: string | null; done_by: string; checked_by: string; green: boolean }

export interface Release extends ReleaseRow {
  groups: Group[];
  carries: { ref: string; title: string }[];
  features: string[];
  requests: { ref: string; title: string; requesters: number }[];
  adoption: Row[];
  incident_rows: Row[];
  requesters: number;
  subscribers: number;
  notes: Record<string, string>;
  written_at: string | null;
  written_by: string;
  reviewed_by: string;
  published_by: string;
  go_note: string;
  predicted: { metric?: string; low?: number; high?: number; days?: number };
  checklist: Line[];
}

export const AUDIENCES = ["customers", "support", "sales", "engineering"] as const;
export const TIERS: Record<number, string> = { 1: "1 · major", 2: "2 · notable", 3: "3 · routine", 4: "4 · silent" };
export const NO_RIGHT = "Viewers read. An owner can give you the role of a member.";
export const address = (id: string) => `/api/releases/${encodeURIComponent(id)}`;
