/** The rail: what leads where, in menu order, with the letter after "g" that goes there. */
import type { IconName } from "@/components/Icon";

export interface NavItem { key: string; label: string; href: string; icon: IconName; letter?: string }
export interface NavGroup { label?: string; items: NavItem[] }

export const NAV: NavGroup[] = [
  { items: [
    { key: "sheet", label: "Call sheet", href: "/", icon: "sheet", letter: "s" },
    { key: "findings", label: "Findings", href: "/findings", icon: "findings", letter: "f" },
    { key: "explore", label: "Explore", href: "/explore", icon: "explore", letter: "e" },
  ] },
  { label: "Decide", items: [
    { key: "roadmap", label: "Roadmap", href: "/roadmap", icon: "roadmap", letter: "r" },
    { key: "experiments", label: "Experiments", href: "/experiments", icon: "experiments", letter: "x" },
    { key: "decisions", label: "Decisions", href: "/decisions", icon: "decisions", letter: "d" },
  ] },
  { label: "Listen", items: [
    { key: "feedback", label: "Feedback", href: "/feedback", icon: "feedback", letter: "b" },
    { key: "usage", label: "Usage", href: "/usage", icon: "usage", letter: "u" },
  ] },
  { label: "Deliver", items: [
    { key: "delivery", label: "Delivery", href: "/delivery", icon: "delivery", letter: "v" },
    { key: "releases", label: "Releases", href: "/releases", icon: "releases", letter: "l" },
  ] },
  { label: "Keep together", items: [
    { key: "people", label: "People", href: "/people", icon: "people", letter: "p" },
    { key: "stack", label: "Stack", href: "/stack", icon: "stack", letter: "k" },
  ] },
];

export const SETTINGS: { label: string; href: string; note: string }[] = [
  { label: "Members", href: "/settings/members", note: "who may see and decide" },
  { label: "API keys", href: "/settings/keys", note: "for scripts and assistants" },
  { label: "Sources", href: "/settings/sources", note: "tools that Callsheet reads" },
  { label: "Imports", href: "/settings/imports", note: "files, their mapping and undo" },
  { label: "Audit", href: "/settings/audit", note: "who did what, and when" },
];

export const ALL_ITEMS = NAV.flatMap((group) => group.items);

/** Whether `path` lies under an item's page; the sheet is only itself. */
export function isOn(item: { href: string }, path: string): boolean {
  return item.href === "/" ? path === "/" : path === item.href || path.startsWith(`${item.href}/`);
}
