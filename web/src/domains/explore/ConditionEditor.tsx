/** Who belongs: conditions, and conditions inside of one another. */
import { Menu } from "@mantine/core";
import { Button } from "@/components/basics";
import { Fragment } from "react";
import { CohortPart } from "./CohortParts";
import { PARTS, started } from "./condition";
import { Choose } from "./Controls";
import type { Condition, Unit } from "./types";
import { useCohorts, useVocabulary } from "./vocabulary";

interface EditorProps<C extends Condition> { value: C; onChange: (value: Condition) => void; unit: Unit; self?: string }
type Kinded<K extends Condition["kind"]> = Extract<Condition, { kind: K }>;

const BOTH = [["all", "all of these"], ["any", "any of these"]] as const;
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
            <div className="grow">{inner.kind === "all" || inner.kind === "any" ? <ConditionEditor value={inner} onChange={set} unit={unit} self={self} /> : <CohortPart value={inner} onChange={set} unit={unit} self={self} />}</div>
            <Button quiet className="icon q-x" icon="close" aria-label={`Remove condition ${i + 1}`} disabled={all.length === 1} onClick={() => put(all.filter((_, k) => k !== i))} />
          </div>
        );
      })}
      <Menu position="bottom-start" withinPortal zIndex={320}>
        <Menu.Target><button type="button" className="q-add">+ Condition</button></Menu.Target>
        <Menu.Dropdown>{PARTS.map(([name, kinds]) => (
          <Fragment key={name}>
            <Menu.Label>{name}</Menu.Label>
            {kinds.filter(([kind]) => kind !== "in" || cohorts.some((one) => one.unit === unit && one.id !== self)).map(([kind, label]) => <Menu.Item key={kind} onClick={() => put([...all, started(kind, words, cohorts.filter((one) => one.id !== self), unit)])}>{label}</Menu.Item>)}
          </Fragment>
        ))}</Menu.Dropdown>
      </Menu>
    </div>
  );
}
