/** Whether the planned split happened: overall, by segment, by day. */
import type { Row } from "@/api/types";
import { Empty, Pill, Section } from "@/components/basics";
import { DataTable, type TableColumn } from "@/components/DataTable";
import * as format from "@/lib/format";
import { chance, type Ratio, type Readout } from "./types";

function columns(names: string[], first: TableColumn): TableColumn[] {
  return [
    first,
    ...names.map((name, i): TableColumn => ({ key: `n${i}`, label: name, unit: "units" })),
    { key: "p", label: "p", align: "right", doc: "Chance of a split at least this far off", render: (row) => chance(row.p as number) },
    { key: "ok", label: "", render: (row) => (row.ok ? <span className="mut">as planned</span> : <Pill tone="bad">off</Pill>) },
  ];
}

const flat = (ratio: Ratio): Row => ({ ...ratio, ...Object.fromEntries(ratio.observed.map((n, i) => [`n${i}`, n])) });

export function Assignment({ readout }: { readout: Readout }) {
  if (!readout.units) return <div className="card"><Empty title="Nobody is assigned on a complete day yet">The split is tested from the first complete day on.</Empty></div>;
  const names = readout.arms.map((arm) => arm.name);
  return (
    <>
      <div className={`alert ${readout.srm.ok ? "good" : ""}`} role="note"><div>
        <b>{readout.srm.ok ? "The split is as planned" : "The split is not the planned one"}: {readout.srm.sentence}.</b>
        <div className="sub">{readout.srm.ok ? `Tested by ${readout.srm.method}; below p = 0.001 no winner is named.` : `${readout.cause} Stop it, mend the assignment there, then run it again.`}</div>
      </div></div>
      <div className="two">
        <Section title="By segment" note="each against a stricter limit, as there are several"><DataTable label="Split by segment" keys={false} columns={columns(names, { key: "segment", label: "Segment", render: (row) => String(row.segment || "none") })} rows={readout.srm_segments.map(flat)} empty={<Empty title="Exposures name no segment" />} /></Section>
        <Section title="By day of first exposure"><DataTable label="Split by day" keys={false} columns={columns(names, { key: "day", label: "Day", render: (row) => format.date(String(row.day)) })} rows={[...readout.srm_days].reverse().map(flat)} empty={<Empty title="These data have no days" />} /></Section>
      </div>
    </>
  );
}
