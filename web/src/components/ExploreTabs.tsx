/** The parts of Explore, the same on each of its pages. */
import { Tabs } from "@/components/basics";

const PARTS = [["ask", "Ask", "/explore"], ["reports", "Reports", "/explore/reports"], ["boards", "Boards", "/explore/boards"], ["cohorts", "Cohorts", "/explore/cohorts"], ["alerts", "Alerts", "/explore/alerts"], ["metrics", "Metrics", "/explore/metrics"]] as const;
export type Part = (typeof PARTS)[number][0];

export function ExploreTabs({ on }: { on: Part }) {
  return <Tabs items={PARTS.map(([part, label, href]) => ({ label, href, on: part === on }))} />;
}
