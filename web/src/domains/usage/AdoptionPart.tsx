/** What was released lately: who could use it, who tried it, who kept it, against what was predicted. */
import { oneReport } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import { Answer, Empty, Pill, Section } from "@/components/basics";
import { ReportChart } from "@/components/Chart";
import { DataTable, useView, type TableColumn } from "@/components/DataTable";
import { coverageLine } from "@/lib/figure";
import * as format from "@/lib/format";
import { ShareBar } from "./ShareBar";
import { against, featureHref, type Adoption } from "./types";

function Verdict({ row }: { row: Adoption }) {
  const said = against(row);
  return said ? <Pill tone={said.tone}>{said.word}</Pill> : <span className="mut">not predicted</span>;
}

const COLUMNS: TableColumn[] = [
  { key: "title", label: "Feature", href: "/usage/features/{feature}" },
  { key: "released_at", label: "Released", unit: "date" },
  { key: "could_use", label: "Could use", unit: "accounts", doc: "Accounts active since the release" },
  { key: "tried_share", label: "Tried", align: "left", render: (row) => <ShareBar row={row as Adoption} /> },
  { key: "predicted_share", label: "Predicted", unit: "share" },
  { key: "verdict", label: "", fixed: true, render: (row) => <Verdict row={row as Adoption} /> },
  { key: "kept", label: "Kept", doc: "Used it again 7 or more days after the first use, of those who could by now", render: (row) => (row.kept === null ? <span className="mut">too early</span> : <span className="num">{String(row.kept)} of {String(row.kept_of)}</span>) },
  { key: "first_use_hours", label: "First use after", render: (row) => <span className="num">{format.days(row.first_use_hours === null ? null : Number(row.first_use_hours) / 24)}</span> },
  { key: "revenue_tried", label: "Revenue that tried it", unit: "money" },
];

export function AdoptionPart() {
  const asked = useAsk(oneReport, { path: { name: "usage.adoption" }, query: { size: 200 } });
  const [view, setView] = useView();
  return (
    <>
      <Section title="Released in the last 90 days" note="of the accounts active since the release">
        <Answer of={asked}>
          {(report) => (
            <>
              <DataTable label={report.title} columns={COLUMNS} rows={report.rows} view={view} onView={setView} href={(row) => featureHref(String(row.feature))}
                empty={<Empty title="No feature was released in the last 90 days">Add a feature with its release date and what you expect of it; its adoption appears here.</Empty>} />
              {coverageLine(report) && <div className="coverage">{coverageLine(report)}</div>}
            </>
          )}
        </Answer>
      </Section>
      <Section title="How adoption grew" note="share of eligible accounts by days since the release">
        <div className="card pad"><ReportChart report="usage.adoption_curve" label="Adoption by days since release" /></div>
      </Section>
    </>
  );
}
