/** Flow: figures, throughput, cycle times, what is in progress, the teams side by side. */
import { Empty, Section } from "@/components/basics";
import { Figures } from "@/components/Figure";
import { ReportCard } from "./ReportCard";
import { ReportTable } from "./ReportTable";

const METRICS = ["delivery.cycle_time", "delivery.throughput", "delivery.wip", "delivery.work_item_age", "delivery.flow_efficiency", "delivery.unplanned_share"];

export default function FlowTab({ team }: { team: string }) {
  const scope = team ? { team } : {};
  return (
    <>
      <Figures metrics={METRICS} params={{ cadence: "weekly", ...scope }} />
      <div className="two">
        <ReportCard report="delivery.throughput_weeks" title="Finished by week" note="with the limits of usual variation" params={scope} />
        <ReportCard report="delivery.cycle_scatter" title="Cycle times" note="50, 85 and 95% of 90 days" params={scope} />
      </div>
      <Section title="In progress" note="oldest first; red dots are older than 85% of the team’s finished work">
        <ReportTable report="delivery.aging" label="Work in progress" params={scope} prefix="aging." size={12} keys
          only={["title", "team", "state", "owner", "age", "percentile", "moved_at"]} href={(row) => `/delivery/items/${encodeURIComponent(String(row.item_id))}`}
          empty={<Empty title="Nothing is in progress" action={{ label: "Import work", href: "/settings/imports" }}>Work appears here once items have a start.</Empty>} />
      </Section>
      <div className="two">
        <ReportCard report="delivery.aging" title="Age by last move" note="high and to the left is forgotten" params={scope} />
        <ReportCard report="delivery.cfd" title="Cumulative flow" note="12 weeks" params={scope} />
      </div>
      {!team && (
        <>
          <Section title="Teams" note="not a ranking: teams differ in their work"><ReportTable report="delivery.teams" label="Teams" prefix="teams." href={(row) => `/delivery?team=${encodeURIComponent(String(row.team))}`} /></Section>
          <Section title="Dependencies across teams" note="many links and no contribution is what a silo looks like"><ReportTable report="delivery.silos" label="Dependencies across teams" prefix="silos." only={["team", "other", "crossing", "share", "contributors", "contributions"]} /></Section>
        </>
      )}
    </>
  );
}
