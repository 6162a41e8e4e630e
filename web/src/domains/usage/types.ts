/** The names of usage's shapes here, and what the pages share. */
import type { Adoption, AdoptionPeopleData } from "@/api/generated";
import { humanise } from "@/lib/format";

export type { AccountPage, AdoptionAnswer, Belonging, FeatureOut as Feature, FeaturePage, Use } from "@/api/generated";
export type Stage = NonNullable<NonNullable<AdoptionPeopleData["query"]>["stage"]>;
export type Unit = "account" | "person";
export type { Adoption };

export const NO_RIGHT = "Your role may read; a member or an owner can change this.";
export const STAGE_TONE: Record<string, string> = { released: "good", beta: "info", retired: "warn", planned: "plain" };
export const adoptionPath = (id: string) => `/api/usage/features/${encodeURIComponent(id)}/adoption`;
/** What the clients' own events say, in words. */
const OWN_EVENTS: Record<string, string> = { $identify: "Identified", $create_alias: "Ids joined", $groupidentify: "Account described", $set: "Traits set", $pageview: "Page viewed", $pageleave: "Page left", $screen: "Screen viewed", $autocapture: "Clicked" };
export const eventWords = (name: string) => OWN_EVENTS[name] ?? humanise(name);
/** The place that an event of a page or screen happened at, or nothing. */
export const eventPlace = (properties: Record<string, unknown>) => ["$pathname", "path", "$screen_name", "$current_url", "url", "name"].map((key) => properties[key]).find((one): one is string => typeof one === "string" && one !== "") ?? "";
export const personHref = (id: string) => `/usage/persons/${encodeURIComponent(id)}`;
export const featureHref = (id: string) => `/usage/features/${encodeURIComponent(id)}`;
const TONES: Record<string, string> = { ahead: "good", behind: "warn", "on its way": "plain", "as predicted": "plain" };
/** How adoption stands against its prediction, as the server judges it: surely ahead, on its way, as predicted, surely behind what is due. */
export const standing = (word: string) => (word ? { tone: TONES[word] ?? "plain", word } : null);
export const against = (row: Pick<Adoption, "standing">) => standing(row.standing);
