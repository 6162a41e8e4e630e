/** What came after a release: use against what was expected, and incidents. */
import { oneReport } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import { Empty, Section } from "@/components/basics";
import { DataTable, type TableColumn } from "@/components/DataTable";
import { inferred } from "@/lib/table";
import * as format from "@/lib/format";
import type { Release } from "./types";

const INCIDENTS: TableColumn[] = [
  { key: "title", label: "Incident" },
  { key: "severity", label: "Severity" },
  { key: "started_at", label: "Began", unit: "time" },
  { key: "days_after", label: "After it", unit: "days" },
  { key: "confidence", label: "Confidence", doc: "0 to 1; a judgement from the time between, not a proof" },
];

/** Columns of usage.adoption that matter here; its own page has them all. */
const USED = ["title", "days", "could_use", "tried", "tried_share", "tried_low", "tried_high", "repeated", "predicted_share"];

export function After({ release }: { release: Release }) {
  const early = format.now().getTime() - format.instant(release.released_at).getTime() < 7 * 86_400_000;
  const expected = release.predicted;
  const known = useAsk(oneReport, release.adoption.length ? { path: { name: "usage.adoption" }, query: { size: 1 } } : null);
  return (
    <>
      <Section title="Use" note={expected.metric ? `expected: ${expected.metric} between ${format.number(expected.low)} and ${format.number(expected.high)} after ${expected.days} days` : undefined}>
        {release.adoption.length ? <DataTable label="Adoption" columns={(known.data?.columns ?? inferred(release.adoption)).filter((one) => USED.includes(one.key))} rows={release.adoption} keys={false} /> : <div className="card"><Empty title="No use is measured">{release.features.length ? "Its features have no events yet." : "No feature is linked to this release; link one on the trace."}</Empty></div>}
      </Section>
      <Section title="Incidents" note="within 7 days, the last release before each">
        {release.incidents ? <DataTable label="Incidents" columns={INCIDENTS} rows={release.incident_rows} keys={false} /> : <div className="card"><Empty title={early ? "None so far" : "None"}>No incident began in the 7 days after it{early ? ", which are not over" : ""}.</Empty></div>}
      </Section>
    </>
  );
}
