/** The shapes of /api/people. */

export interface Person { person: string; name: string; email: string; team: string; role: string; objects: number; deliveries: number }
export interface Owned { ref: string; kind: string; title: string; owner: string | null; owner_name: string; owners: string[]; owner_names: string[]; since: string | null; since_at: string | null; source: string; state: "owned" | "none" | "gone" | "many"; last_owner: string; team: string }
export interface Delivery { delivery: string; created_at: string; name: string; person_id: string; account_id: string; subject: string; ref: string; channel: string; state: string; reason: string; sent_at: string | null; read_at: string | null; tries: number }
export interface DeliveryText extends Delivery { email: string; body_text: string }
export interface Subscription { id: string; topic: string; cadence: string; channel: string; email: string; target: string; created_at: string }
export interface PersonDetail extends Person { team_title: string; owns: Owned[]; history: { ref: string; role: string; since: string; until: string | null; by: string }[]; told: Delivery[] }

export const NO_RIGHT = "Viewers read. An owner can give you the role of a member.";
export const OWNED: Record<Owned["state"], [string, string]> = {
  owned: ["good", "owned"], none: ["warn", "no owner"], gone: ["warn", "owner left"], many: ["warn", "more than one"],
};
export const STATE_TONES: Record<string, string> = { queued: "plain", held: "warn", sending: "info", sent: "good", read: "good", failed: "bad", bounced: "bad" };
