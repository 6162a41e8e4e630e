/** The names of usage's shapes here, and what the pages share. */
import type { Adoption, AdoptionPeopleData } from "@/api/generated";

export type { AccountPage, AdoptionAnswer, Belonging, FeatureOut as Feature, FeaturePage, Use } from "@/api/generated";
export type Stage = NonNullable<NonNullable<AdoptionPeopleData["query"]>["stage"]>;
export type Unit = "account" | "person";
export type { Adoption };

export const NO_RIGHT = "Your role may read; a member or an owner can change this.";
export const STAGE_TONE: Record<string, string> = { released: "good", beta: "info", retired: "warn", planned: "plain" };
export const adoptionPath = (id: string) => `/api/usage/features/${encodeURIComponent(id)}/adoption`;
export const personHref = (id: string) => `/usage/persons/${encodeURIComponent(id)}`;
export const featureHref = (id: string) => `/usage/features/${encodeURIComponent(id)}`;
const TONES: Record<string, string> = { ahead: "good", behind: "warn", "on its way": "plain", "as predicted": "plain" };
/** How adoption stands against its prediction, as the server judges it: surely ahead, on its way, as predicted, surely behind what is due. */
export const standing = (word: string) => (word ? { tone: TONES[word] ?? "plain", word } : null);
export const against = (row: Pick<Adoption, "standing">) => standing(row.standing);
