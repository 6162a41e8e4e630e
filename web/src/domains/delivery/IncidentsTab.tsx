/** Incidents: how often deployments break something, how fast it recovers, and what each incident is tied to. */
import { Empty, Section } from "@/components/basics";
import { Figures } from "@/components/Figure";
import { ReportTable } from "./ReportTable";

const METRICS = ["delivery.change_fail_rate", "delivery.recovery_time", "delivery.deployment_days"];

export default function IncidentsTab({ team }: { team: string }) {
  const scope = team ? { team } : {};
  return (
    <>
      <Figures metrics={METRICS} params={{ cadence: "weekly", ...scope }} />
      <Section title="Incidents" note="90 days; tied to what was deployed at most seven days before">
        <ReportTable report="delivery.incidents" label="Incidents" params={scope} prefix="incidents." only={["title", "service", "severity", "started_at", "hours", "cause", "confidence", "why"]}
          empty={<Empty title="No incident in 90 days" action={{ label: "Import incidents", href: "/settings/imports" }}>Either nothing broke, or nobody told Callsheet.</Empty>} />
      </Section>
    </>
  );
}
