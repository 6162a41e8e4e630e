import { useRouterState } from "@tanstack/react-router";
import { SETTINGS } from "@/app/nav";
import { Tabs } from "@/components/basics";

export const CRUMBS = [{ label: "Settings", href: "/settings/members" }];

export function SettingsTabs() {
  const path = useRouterState({ select: (state) => state.location.pathname });
  return <Tabs items={SETTINGS.map((item, i) => ({ ...item, on: path.startsWith(item.href) || (i === 0 && path === "/settings") }))} />;
}
