/** The stages of a feature's adoption, each with who stands there; by account or by person. */
import { keepPreviousData } from "@tanstack/react-query";
import { adoption } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import type { Row } from "@/api/types";
import { AskedChart } from "@/components/AskedChart";
import { Answer, Empty, Section, Segments } from "@/components/basics";
import { DataTable, type TableColumn } from "@/components/DataTable";
import { Go } from "@/components/Go";
import { Icon } from "@/components/Icon";
import * as format from "@/lib/format";
import { changed, useUrlState } from "@/lib/url";
import { StageDrawer } from "./StageDrawer";
import { adoptionPath, type AdoptionAnswer, type Stage, type Unit } from "./types";

const BY = [["segment", "Segment"], ["plan", "Plan"], ["owner", "Owner"]] as const;
const within = (interval: [number, number] | unknown[] | null | undefined) => (interval ? `95% ${format.share(Number(interval[0]))} – ${format.share(Number(interval[1]))}` : "");

export function AdoptionStages({ id, name }: { id: string; name: string }) {
  const [unit, setUnit] = useUrlState<Unit>("unit", "account");
  const [by, setBy] = useUrlState("by", "segment");
  const [stage, setStage] = useUrlState("stage", "");
  const [label, setLabel] = useUrlState("label", "");
  const asked = useAsk(adoption, { path: { feature_id: id }, query: { unit, by: `${unit === "person" && by === "segment" ? "person" : "account"}.${by}` } }, { placeholderData: keepPreviousData });
  const close = () => { setStage(""); setLabel(""); };
  return (
    <>
      <Section title="From could to kept" note="since the release; open a stage to see who stands there"
        end={<Segments label="Count" value={unit} options={[{ value: "account", label: "Accounts" }, { value: "person", label: "People" }]} onChange={setUnit} />}>
        <Answer of={asked}>{(found) => <Stages found={found} unit={unit} />}</Answer>
      </Section>
      <div className="two">
        <Section title="Time to adopt" note={`by days since the ${unit} could use it; who has not yet counts for the time it had`}>
          <div className="card pad">
            <AskedChart path={`${adoptionPath(id)}/chart`} params={{ unit }} label={`Adoption of ${name}`} empty="It begins at the release, and needs events from then on." />
            {asked.data && asked.data.times.curve?.length ? <Quartiles found={asked.data} unit={unit} /> : null}
          </div>
        </Section>
        <Section title="Who adopts it" end={<span className="row"><Segments label="Split by" value={by} options={BY.map(([value, text]) => ({ value, label: text }))} onChange={setBy} /><a className="btn" href={`${adoptionPath(id)}/csv?unit=${unit}&by=${unit === "person" && by === "segment" ? "person" : "account"}.${by}`} download><Icon name="download" />CSV</a></span>}>
          <Answer of={asked}>{(found) => <Splits found={found} unit={unit} />}</Answer>
        </Section>
      </div>
      {stage && <StageDrawer id={id} unit={unit} by={asked.data?.split_by ?? ""} stage={stage as Stage} label={label || undefined} onClose={close} />}
    </>
  );
}

const opened = (row: Row, extra: Record<string, string> = {}) => location.pathname + changed(location.search, { stage: String(row.key ?? "tried"), ...extra });

function Stages({ found, unit }: { found: AdoptionAnswer; unit: Unit }) {
  const able = found.stages[0]?.count ?? 0;
  const columns: TableColumn[] = [
    { key: "label", label: "Stage", fixed: true },
    { key: "bar", label: "Of those who could", fixed: true, render: (row) => <Bar part={row.count === null || !able ? null : Number(row.count) / able} /> },
    { key: "count", label: `${unit === "person" ? "People" : "Accounts"}`, fixed: true, unit: `${unit}s`, render: (row) => (row.count === null ? <span className="mut" title={String(row.why)}>not known</span> : format.number(Number(row.count))) },
    { key: "share", label: "Share", fixed: true, align: "left", render: (row) => (row.share === null ? <span className="mut">{row.count === null ? String(row.why) : ""}</span> : <span className="num" style={{ whiteSpace: "nowrap" }} title={within(row.interval as [number, number])}>{format.share(Number(row.share))} <span className="mut">of {format.number(Number(row.of))}, {within(row.interval as [number, number])}</span></span>) },
  ];
  const left = [found.left_out ? `${format.number(found.left_out)} ${found.left_out_why}` : "", ...(found.notes ?? [])].filter(Boolean);
  return (
    <>
      <DataTable label="Stages of adoption" columns={columns} rows={found.stages as unknown as Row[]} href={(row) => (row.count === null ? undefined : opened(row))} empty={<Empty title="Nobody has been there since the release" />} />
      <div className="coverage">
        {[`${format.count(found.sample ?? 0, unit === "person" ? "person" : "account", unit === "person" ? "people" : "accounts")} could use it`, ...left].join(" · ")}
        {" · "}<Go className="ev" href={opened({ key: "not_tried" })}>who has not tried it</Go>
        {found.stages.at(-1)?.count !== null && <>{" · "}<Go className="ev" href={opened({ key: "not_kept" })}>who tried it and did not come back</Go></>}
      </div>
    </>
  );
}

function Bar({ part }: { part: number | null }) {
  if (part === null) return <span className="mut">{format.NONE}</span>;
  return <span className="range" aria-hidden="true" style={{ minWidth: 120 }}><i style={{ left: 0, width: "100%" }} /><b style={{ left: 0, width: `${Math.max(0.5, 100 * part)}%` }} /></span>;
}

function Quartiles({ found, unit }: { found: AdoptionAnswer; unit: Unit }) {
  const { times } = found;
  const parts = ([["a quarter", times.lower], ["half", times.median], ["three quarters", times.upper]] as const);
  const reached = parts.filter(([, days]) => days !== null && days !== undefined).map(([word, days]) => `${word} had tried it after ${format.days(days)}`);
  const rest = parts.length - reached.length;
  const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
  const said = reached.length ? upper(`of the ${unit === "person" ? "people" : "accounts"} that could, ${reached.join(", ")}`) : `Not a quarter of those who could has tried it yet`;
  return (
    <p className="coverage num">
      {said}{reached.length && rest ? `; ${parts[reached.length]![0]} has not yet` : ""}.
      {times.tried_median !== null && times.tried_median !== undefined && <> Of those who tried it, half did within {format.days(times.tried_median)} of the release.</>}
    </p>
  );
}

function Splits({ found, unit }: { found: AdoptionAnswer; unit: Unit }) {
  const columns: TableColumn[] = [
    { key: "label", label: format.humanise(found.split_by.split(".")[1] ?? "") },
    { key: "could_use", label: "Could", unit: `${unit}s` },
    { key: "tried", label: "Tried", unit: `${unit}s` },
    { key: "share", label: "Share", unit: "share" },
    { key: "kept", label: "Kept", unit: `${unit}s`, doc: "Again 7 or more days after the first use" },
    ...(unit === "account" ? [{ key: "revenue_tried", label: "Revenue", unit: "money", doc: "A year, of those who tried it" }] : []),
  ];
  const all = found.revenue_could_use;
  return (
    <>
      <DataTable label="Adoption by group" keys={false} columns={columns} rows={found.splits as unknown as Row[]} href={(row) => opened({ key: "tried" }, { label: String(row.label) })} empty={<Empty title="Nobody has been there since the release" />} />
      {unit === "account" && all ? <div className="coverage num">{format.money(found.revenue_tried ?? 0)} of {format.money(all)} a year tried it ({format.share((found.revenue_tried ?? 0) / all)}){found.revenue_kept ? `, ${format.money(found.revenue_kept)} kept it` : ""}{found.revenue_unknown ? ` · revenue of ${found.revenue_unknown} not known` : ""}</div> : null}
    </>
  );
}
