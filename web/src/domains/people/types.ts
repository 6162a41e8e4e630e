/** The names of people's shapes here, and what the pages share. */
import type { OwnedRow as Owned } from "@/api/generated";

export type { DeliveryDetail as DeliveryText, DeliveryRow as Delivery, PersonDetail, PersonRow as Person, SubscriptionOut as Subscription } from "@/api/generated";
export type { Owned };

export const NO_RIGHT = "Viewers read. An owner can give you the role of a member.";
export const OWNED: Record<Owned["state"], [string, string]> = {
  owned: ["good", "owned"], none: ["warn", "no owner"], gone: ["warn", "owner left"], many: ["warn", "more than one"],
};
export const STATE_TONES: Record<string, string> = { queued: "plain", held: "warn", sending: "info", sent: "good", read: "good", failed: "bad", bounced: "bad" };
