/** Shapes of /api/feedback. */

export interface Suggestion { request: string; title: string; score: number }
export interface Item {
  feedback_id: string; given_at: string | null; title: string | null; body: string | null; person: string | null; account: string | null;
  account_id: string | null; revenue: number | null; channel: string | null; kind: string | null; requests: string[]; triaged: boolean; suggestions: Suggestion[];
}
export interface Request {
  request: string; title: string; body: string; status: string; reason: string; owner: string; created_at: string; requesters: number; accounts: number;
  revenue: number; messages: number; segments: Record<string, number>; first_at: string | null; last_at: string | null; initiative: string | null;
  initiatives: string[]; stage: string | null; merged_into: string;
}
export interface Asking {
  person: string | null; name: string; account: string | null; account_name: string | null; account_owner: string | null; segment: string | null;
  revenue: number | null; channel: string | null; asked_at: string | null; messages: number; feedback: string[]; words: string | null;
}

export const STATUSES = ["open", "planned", "started", "released", "declined"];
export const TONES: Record<string, string> = { open: "plain", planned: "info", started: "violet", released: "good", declined: "warn" };
