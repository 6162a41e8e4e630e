/** Arms, effect, guardrails and the effect by day. With a broken split the numbers are greyed. */
import { useName } from "@/app/session";
import { Empty, Pill, Section } from "@/components/basics";
import { AskedChart } from "@/components/AskedChart";
import { DataTable, type TableColumn } from "@/components/DataTable";
import * as format from "@/lib/format";
import { amount, chance, chartPath, effect, plus, type Experiment, type Readout } from "./types";

const GUARD: Record<string, [string, string]> = { kept: ["good", "kept"], broken: ["bad", "broken"], unclear: ["warn", "not ruled out"] };

export function ReadoutPart({ experiment, readout }: { experiment: Experiment; readout: Readout }) {
  if (!readout.units) return <div className="card"><Empty title="No units of a complete day yet">{readout.left_out ? `${format.number(readout.left_out, 0)} came today; they are read when the day is over.` : `Bring in exposures and outcomes that name the experiment “${experiment.exposure_key}”.`}</Empty></div>;
  const { unit } = readout;
  const grey = readout.refused ? { color: "var(--ink-3)", filter: "grayscale(1)" } : undefined;
  const rows = readout.arms.map((arm) => {
    const own = readout.comparisons.find((one) => one.arm === arm.name);
    return { ...arm, effect: own ? effect(own, unit) : "control", relative: own?.relative ?? null, p: own ? chance(own.p) : null };
  });
  const columns: TableColumn[] = [
    { key: "name", label: "Arm" }, { key: "units", label: "Units", unit: "units" }, { key: "planned", label: "Planned", unit: "share" },
    { key: "value", label: format.humanise(readout.metric), align: "right", render: (row) => amount(row.value as number | null, unit) },
    { key: "effect", label: `Effect, 95%${unit ? `, ${unit}` : ""}`, align: "right", render: (row) => <span className="num">{String(row.effect)}</span> },
    { key: "relative", label: "Relative", unit: "share", doc: "Delta method on the ratio of means" }, { key: "p", label: "p", align: "right" },
  ];
  return (
    <>
      {readout.refused && experiment.state !== "running" && <div className="alert" role="note" style={{ marginBottom: 14 }}><div><b>The split is not the planned one, so these numbers name no winner.</b><div className="sub">{readout.cause}</div></div></div>}
      <div style={grey}>
        <Section title="Arms" note={`${format.number(readout.units, 0)} units of complete days${readout.left_out ? `; left out: ${readout.left_out_why}` : ""}`}><DataTable label="Arms" keys={false} columns={columns} rows={rows} /></Section>
        <div className="two">
          <Section title="Effect" note="against zero and what is worth having"><div className="card pad"><AskedChart path={chartPath(experiment.id)} params={{ kind: "intervals" }} label="Effect with its interval, and the predictions" empty="The plot appears with the first complete day." /></div></Section>
          <Section title="By day" note="all units up to each day"><div className="card pad"><AskedChart path={chartPath(experiment.id)} params={{ kind: "days" }} label="Effect of all units up to each day" empty="The course appears with the first complete day." /></div></Section>
        </div>
        <Guardrails readout={readout} />
      </div>
      <Predictions readout={readout} />
      <div className="coverage">{readout.method}. Every exposed unit counts; one without an outcome has 0.</div>
    </>
  );
}

function Guardrails({ readout }: { readout: Readout }) {
  if (!readout.guardrails.length) return null;
  return (
    <Section title="Guardrails" note="harm above the margin must be ruled out before shipping">
      <DataTable label="Guardrails" keys={false} rows={readout.guardrails} columns={[
        { key: "metric", label: "Metric", render: (row) => format.humanise(String(row.metric)) }, { key: "arm", label: "Arm" },
        { key: "control_value", label: "Control", align: "right", render: (row) => amount(row.control_value as number | null, readout.unit) },
        { key: "value", label: "Treatment", align: "right", render: (row) => amount(row.value as number | null, readout.unit) },
        { key: "difference", label: "Effect, 95%", align: "right", render: (row) => <span className="num">{effect(row as unknown as Readout["guardrails"][0], readout.unit)}</span> },
        { key: "margin", label: "Margin", align: "right", render: (row) => plus(row.margin as number, readout.unit) },
        { key: "state", label: "", render: (row) => { const [tone, word] = GUARD[String(row.state)]!; return <Pill tone={tone}>{word}</Pill>; } },
      ]} />
    </Section>
  );
}

function Predictions({ readout }: { readout: Readout }) {
  const nameOf = useName();
  if (!readout.predicted.length) return null;
  return (
    <Section title="Predicted" note="before the start, with an 80% range">
      <div className="card whos">{readout.predicted.map((one) => (
        <div className="who-row" key={one.by}><span>{nameOf(one.by)} <span className="sub num">{effect({ difference: one.effect, low: one.low, high: one.high }, readout.unit)} {readout.unit}</span></span>{one.held === null || readout.refused ? <span className="mut">no measure yet</span> : <Pill tone={one.held ? "good" : "warn"}>{one.held ? "holds so far" : "outside so far"}</Pill>}</div>
      ))}</div>
    </Section>
  );
}
