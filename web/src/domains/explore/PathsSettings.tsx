/** Paths: where they begin and end, what stops are called, and which part of a funnel they lie along. */
import { Picker } from "@/components/Picker";
import { Typed, TypedNumber } from "@/components/Typed";
import { Cleaning, MOST_PARTS, swapped } from "./Cleaning";
import { Choose, Clear, Fold, Group, Row, type Editing } from "./Controls";
import { Exclusions, InOrder, places, Steps, type Way } from "./FunnelSettings";
import { Conditions } from "./Conditions";
import type { Along, PathsQuestion, Step } from "./types";
import { useEventChoices, useVocabulary } from "./vocabulary";

type Props = Editing<PathsQuestion>;

export function PathsSettings({ question, change }: Props) {
  const choices = useEventChoices().filter((one) => one.value.startsWith("event:")).map((one) => ({ ...one, value: one.value.slice(6), group: undefined }));
  const place = (key: "start_at" | "end_at", label: string) => (
    <Row word={label}>
      <Picker label={`${label}: ${question[key] || "anywhere"}`} className={`q-event${question[key] ? "" : " none"}`} choices={choices} free onPick={(name) => change({ [key]: name })}><span className="q-name">{question[key] || "anywhere"}</span></Picker>
      {question[key] && <Clear label={`${label} anywhere`} onClick={() => change({ [key]: undefined })} />}
    </Row>
  );
  const names = (key: "events" | "exclude", label: string, none: string) => {
    const chosen = question[key] ?? [];
    return <Row word={label}><Picker label={`${label}: ${chosen.join(", ") || none}`} className={`q-event${chosen.length ? "" : " none"}`} choices={choices} chosen={chosen} stay free onPick={(name) => change({ [key]: chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen, name] })}><span className="q-name">{chosen.join(", ") || none}</span></Picker></Row>;
  };
  return (
    <>
      <Group title="Paths">{place("start_at", "From")}{place("end_at", "To")}{names("events", "By", "all events")}{names("exclude", "Without", "none left out")}</Group>
      <Group title="Shown">
        <Row word="Steps"><TypedNumber className="q-num" label="Steps" min={2} max={20} nothing={undefined} value={question.steps ?? 5} onTake={(steps) => change({ steps })} /></Row>
        {!question.along && <Row word="A pause of"><TypedNumber className="q-num" label="Pause in minutes" min={1} max={1440} nothing={undefined} value={question.gap ?? 30} onTake={(gap) => change({ gap })} /><span className="q-word">minutes ends a path</span></Row>}
        <Row word="The"><TypedNumber className="q-num" label="Connections shown" min={1} max={500} nothing={undefined} value={question.limit ?? 50} onTake={(limit) => change({ limit })} /><span className="q-word">most frequent connections</span></Row>
        <Fold label="More: rare ways, names of stops" used={Boolean(question.least || question.most || question.groups?.length || question.clean?.length)}><Least question={question} change={change} /><Names question={question} change={change} /></Fold>
      </Group>
      <AlongFunnel question={question} change={change} />
    </>
  );
}

function Least({ question, change }: Props) {
  const { least = 1, most } = question;
  const above = (lower: number, upper: number | null | undefined) => (upper && upper < lower ? lower : (upper ?? undefined));
  return (
    <Row word="Taken by">
      <TypedNumber className="q-num" label="Least paths" min={1} max={1_000_000_000} nothing={1} value={least} onTake={(amount = 1) => change({ least: amount === 1 ? undefined : amount, most: above(amount, most) })} />
      <span className="q-word">to</span>
      <TypedNumber className="q-num" label="Most paths" placeholder="any" min={least} max={1_000_000_000} nothing={undefined} value={most ?? undefined} onTake={(amount) => change({ most: amount })} />
      <span className="q-word">paths</span>
    </Row>
  );
}

/** Stops taken together by a wildcard, and parts of their names replaced. */
function Names({ question, change }: Props) {
  const groups = question.groups ?? [];
  const clean = question.clean ?? [];
  return (
    <>
      {groups.map((one, i) => <div className="q-row" key={`g${i}`}><span className="q-word">All of</span><Typed className="q-typed mono" label={`Stops taken together ${i + 1}`} placeholder="/item/*" value={one} autoFocus={!one} onTake={(text) => change({ groups: swapped(groups, i, text.trim() || null) })} /><span className="q-word">are one</span><Clear label={`Do not take together ${one || "stops"}`} onClick={() => change({ groups: swapped(groups, i, null) })} /></div>)}
      <Cleaning clean={clean} onChange={(parts) => change({ clean: parts })} />
      <div className="q-row">
        {groups.length < 50 && <button type="button" className="q-add" onClick={() => change({ groups: [...groups, ""] })}>+ Stops taken together</button>}
        {clean.length < MOST_PARTS && <button type="button" className="q-add" onClick={() => change({ clean: [...clean, { pattern: "" }] })}>+ Part replaced</button>}
      </div>
      {groups.length + clean.length > 0 && <p className="q-note">A * stands for anything. Parts are patterns (RE2), replaced from first to last, before stops are taken together.</p>}
    </>
  );
}

type Part = NonNullable<Along["part"]>;
const PARTS = [
  ["after", "after it"], ["before", "before it"], ["between", "between the step before and it"], ["lost-after", "after the step before, of those lost"], ["lost-before", "until their time was up, of those lost"],
] as const;
const LOST = "lost-";

/** Only what lies around a step of a funnel over the same span. */
function AlongFunnel({ question, change }: Props) {
  const { words } = useVocabulary();
  const along = question.along;
  if (!along) {
    const steps: Step[] = [0, 1].map((place) => (words.events[place] ? { events: [words.events[place].name] } : {}));
    return <Group title="Along a funnel"><button type="button" className="q-add" title="Only what lies before, between or after steps, or what those did who were lost" onClick={() => change({ along: { steps, step: 2, part: "between" } })}>+ Funnel</button></Group>;
  }
  const set = (patch: Partial<Along>) => change({ along: { ...along, ...patch } });
  const step = along.step ?? 1;
  const shown = `${along.lost ? LOST : ""}${along.part ?? "after"}` as (typeof PARTS)[number][0];
  const fit = (patch: Partial<Way>) => set({ ...patch, ...(patch.steps && step > patch.steps.length ? { step: patch.steps.length } : {}) });
  const take = (part: string) => set({ part: part.replace(LOST, "") as Part, lost: part.startsWith(LOST) || undefined });
  const at = (text: string) => set({ step: Number(text), ...(text === "1" && (along.lost || along.part === "between") ? { lost: undefined, part: "after" } : {}) });
  return (
    <Group title="Along a funnel" end={<><span className="grow" /><Clear label="Not along a funnel" onClick={() => change({ along: undefined })} /></>}>
      <Row word="At"><Choose label="Step of the way" value={String(step)} options={places(along.steps)} onChange={at} /></Row>
      <Row word="what lies"><Choose label="Part of the way" value={shown} options={step > 1 ? PARTS : PARTS.slice(0, 2)} onChange={take} /></Row>
      <Steps way={along} change={fit} optional={along.order !== "unordered"} />
      <InOrder way={along} change={fit} />
      <Conditions value={along.where} onChange={(where) => set({ where })} add="Condition of the funnel" />
      <div className="q-row"><span className="q-word">Without those who did</span></div>
      <Exclusions way={along} change={fit} />
    </Group>
  );
}
