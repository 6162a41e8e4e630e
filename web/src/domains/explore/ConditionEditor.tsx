/** Who belongs: conditions, and conditions inside of one another. */
import { Menu } from "@mantine/core";
import { Button } from "@/components/basics";
import { TypedNumber } from "@/components/Typed";
import { PARTS, started } from "./condition";
import { Conditions, OneWhere } from "./Conditions";
import { EventsPicker } from "./Parts";
import { SeriesList } from "./SeriesList";
import { Choose } from "./Controls";
import { LASTS, type Condition, type Unit } from "./types";
import { useCohorts, useVocabulary } from "./vocabulary";

interface EditorProps<C extends Condition = Condition> { value: C; onChange: (value: Condition) => void; unit: Unit; self?: string }
type Kinded<K extends Condition["kind"]> = Extract<Condition, { kind: K }>;

const BOTH = [["all", "all of these"], ["any", "any of these"]] as const;
const COMPARED = [["at_least", "at least"], ["exactly", "exactly"], ["at_most", "at most"]] as const;

const accountTrait = (field: string) => field.startsWith("properties.") || field.startsWith("account.");
const anyTrait = (field: string) => accountTrait(field) || field.startsWith("person.");

export function ConditionEditor({ value, onChange, unit, self }: EditorProps<Kinded<"all"> | Kinded<"any">>) {
  const { words } = useVocabulary();
  const cohorts = useCohorts();
  const all = value.of as Condition[];
  const word = (place: number) => (!place ? "who" : value.kind === "all" ? "and" : "or");
  const put = (of: Condition[]) => onChange({ ...value, of } as Condition);
  return (
    <div className="c-group" role="group" aria-label={`Satisfies ${value.kind === "all" ? "all" : "any"} of these`}>
      <div className="q-row"><span className="q-word">Satisfies</span><Choose label="All or any" value={value.kind} options={BOTH} onChange={(kind) => onChange({ kind, of: value.of } as Condition)} /></div>
      {all.map((one, i) => {
        const negated = one.kind === "not";
        const inner = negated ? (one.one as Condition) : one;
        const set = (changed: Condition) => put(all.map((other, k) => (k === i ? (negated ? { kind: "not", one: changed } as Condition : changed) : other)));
        return (
          <div className="c-item" key={i}>
            <span className={`c-not${negated ? " on" : ""}`}><Choose label={`Condition ${i + 1}: with or without`} value={negated ? "not" : ""} options={[["", word(i)], ["not", `${word(i)} not`]]} onChange={(not) => put(all.map((other, k) => (k === i ? (not ? { kind: "not", one: inner } as Condition : inner) : other)))} /></span>
            <div className="grow">{inner.kind === "all" || inner.kind === "any" ? <ConditionEditor value={inner} onChange={set} unit={unit} self={self} /> : <One value={inner} onChange={set} unit={unit} self={self} />}</div>
            <Button quiet className="icon q-x" icon="close" aria-label={`Remove condition ${i + 1}`} disabled={all.length === 1} onClick={() => put(all.filter((_, k) => k !== i))} />
          </div>
        );
      })}
      <Menu position="bottom-start" withinPortal zIndex={320}>
        <Menu.Target><button type="button" className="q-add">+ Condition</button></Menu.Target>
        <Menu.Dropdown>{PARTS.filter(([kind]) => kind !== "in" || cohorts.some((one) => one.unit === unit && one.id !== self)).map(([kind, label]) => <Menu.Item key={kind} onClick={() => put([...all, started(kind, words, cohorts.filter((one) => one.id !== self), unit)])}>{label}</Menu.Item>)}</Menu.Dropdown>
      </Menu>
    </div>
  );
}

function Days({ value, onChange }: { value: number | null | undefined; onChange: (days: number | null) => void }) {
  const known = [...new Set([...LASTS.day, ...(value ? [value] : [])])].sort((a, b) => a - b);
  return <Choose label="In the last" value={String(value ?? "")} options={[["", "at any time"], ...known.map((one) => [String(one), `in the last ${one} days`] as const)]} onChange={(text) => onChange(text ? Number(text) : null)} />;
}

function One({ value, onChange, unit, self }: EditorProps) {
  const cohorts = useCohorts().filter((one) => one.unit === unit && one.id !== self);
  switch (value.kind) {
    case "did": return (
      <>
        <div className="q-row"><span className="q-word">did</span><EventsPicker label="Did" value={{ events: value.events }} onChange={({ events }) => onChange({ ...value, events })} /></div>
        <div className="q-row"><Choose label="How often" value={value.compare ?? "at_least"} options={COMPARED} onChange={(compare) => onChange({ ...value, compare })} /><TypedNumber className="q-num" label="Times" min={0} max={1e9} nothing={1} value={value.times ?? 1} onTake={(times) => onChange({ ...value, times })} /><span className="q-word">times</span><Days value={value.days} onChange={(days) => onChange({ ...value, days })} /></div>
        <Conditions value={value.where} onChange={(where) => onChange({ ...value, where })} add="where" />
      </>
    );
    case "trait": return <div className="q-row"><OneWhere value={value} only={unit === "person" ? anyTrait : accountTrait} onChange={(changed) => onChange({ ...changed, kind: "trait" })} /></div>;
    case "in": return <div className="q-row"><span className="q-word">is in</span><Choose label="Cohort" value={value.cohort} options={[...(value.cohort ? [] : [["", "choose"] as const]), ...cohorts.map((one) => [one.id, one.name] as const)]} onChange={(cohort) => onChange({ ...value, cohort })} /></div>;
    case "first_seen": return <div className="q-row"><span className="q-word">first seen in the last</span><TypedNumber className="q-num" label="Days" min={1} max={5000} nothing={30} value={value.span?.last ?? 30} onTake={(last) => onChange({ ...value, span: { last } })} /><span className="q-word">days</span></div>;
    case "sequence": return (
      <>
        <div className="q-row"><span className="q-word">did, one after another</span></div>
        <SeriesList value={value.steps} noun="step" least={2} most={10} add={() => ({})} onChange={(steps) => onChange({ ...value, steps })} />
        <div className="q-row"><span className="q-word">within</span><TypedNumber className="q-num" label="Days from the first" min={1} max={5000} nothing={14} value={value.within_days ?? 14} onTake={(within_days) => onChange({ ...value, within_days })} /><span className="q-word">days</span><Days value={value.days} onChange={(days) => onChange({ ...value, days })} /></div>
      </>
    );
    default: return null;
  }
}
