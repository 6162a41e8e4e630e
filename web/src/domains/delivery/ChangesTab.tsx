/** Changes: figures, stages and which of them limits the flow, repositories, and what is open. */
import { useGet } from "@/api/client";
import type { Report, Row } from "@/api/types";
import { Empty, Section } from "@/components/basics";
import { Figures } from "@/components/Figure";
import * as format from "@/lib/format";
import { ReportCard } from "./ReportCard";
import { ReportTable } from "./ReportTable";
import type { StageRow } from "./types";

const METRICS = ["delivery.review_wait", "delivery.merge_time", "delivery.change_lead_time", "delivery.deployment_days"];

/** What relieving the limiting stage would give, in a sentence. */
function Relief({ rows }: { rows: StageRow[] }) {
  const limiting = rows.find((row) => row.limits);
  if (!limiting || limiting.gain_days === null) return null;
  const rose = limiting.p !== null && limiting.p < 0.01 && (limiting.median_days ?? 0) > (limiting.before_days ?? 0);
  return (
    <p className="sub" style={{ marginTop: 10 }}>
      {limiting.label} limits the flow: {format.number(limiting.median_days)} days, {format.share(limiting.share)} of the time of a change{rose ? `, up from ${format.number(limiting.before_days)}` : ""}. Bringing it to the median of the other stages would shorten a change by <b className="num">{format.number(limiting.gain_days)} days</b> <span className="num">[{format.number(limiting.gain_low)}, {format.number(limiting.gain_high)}]</span>, simulated.
    </p>
  );
}

const change = (row: Row) => {
  const stage = row as StageRow;
  if (stage.before_days === null) return format.NONE;
  const real = stage.p !== null && stage.p < 0.01;
  return <span className="num" title={stage.p === null ? "too few to test" : `p = ${stage.p.toPrecision(2)}`}>{format.days(stage.before_days)}{!real && <span className="mut"> no real change</span>}</span>;
};

export default function ChangesTab({ team }: { team: string }) {
  const scope = team ? { team } : {};
  const stages = useGet<Report>("/api/reports/delivery.stages", scope);
  return (
    <>
      <Figures metrics={METRICS} params={{ cadence: "weekly", ...scope }} />
      <ReportCard report="delivery.stage_wait" title="Where changes wait" note="median days by stage, 12 weeks" params={scope} height={260} />
      {stages.data && <Relief rows={stages.data.rows as StageRow[]} />}
      <Section title="Stages" note="merged in the last six weeks, against the six weeks before">
        <ReportTable report="delivery.stages" label="Stages of a change" params={scope} prefix="stages." only={["label", "median_days", "share", "before_days", "gain_days", "sample", "left_out"]} render={{ before_days: change }}
          empty={<Empty title="No change was merged in six weeks" action={{ label: "Import changes", href: "/settings/imports" }}>Pull or merge requests come from the code host or a file.</Empty>} />
      </Section>
      <Section title="Repositories" note="slowest first, 90 days"><ReportTable report="delivery.slow_repositories" label="Repositories" params={scope} prefix="repos." size={12} /></Section>
      <Section title="Open longest"><ReportTable report="delivery.open_changes" label="Open changes" params={scope} prefix="open." only={["title", "repo", "team", "author", "age", "waits_for", "item_id"]} size={15} keys href={(row) => (row.item_id ? `/delivery/items/${encodeURIComponent(String(row.item_id))}` : undefined)} empty={<Empty title="No change is open" />} /></Section>
    </>
  );
}
