/** The names of feedback's shapes here, and what the pages share. */
export type { Asking, Item, RequestOut as Request } from "@/api/generated";

export const STATUSES = ["open", "planned", "started", "released", "declined"];
export const TONES: Record<string, string> = { open: "plain", planned: "info", started: "violet", released: "good", declined: "warn" };
