/** What only one kind of question has: its window, its mode, its places. Grey words, small controls. */
import type { ReactNode } from "react";
import { Button } from "@/components/basics";
import { Picker } from "@/components/Picker";
import { Typed, TypedNumber } from "@/components/Typed";
import { Conditions, EventsPicker, FieldPicker } from "./Parts";
import { MathChoice, OneSeries, SeriesList } from "./SeriesList";
import { ADDING_UP, type AdoptionQuestion, type FunnelQuestion, type LifecycleQuestion, type PathsQuestion, type Question, type RetentionQuestion, type SessionsQuestion, type Step, type StickinessQuestion, type TrendsQuestion } from "./types";
import { useEventChoices, useVocabulary } from "./vocabulary";

export interface Editing<Q extends Question> { question: Q; change: (patch: Partial<Q>) => void }

export function Group({ title, end, children }: { title: string; end?: ReactNode; children: ReactNode }) {
  return <section className="q-group"><header><h2>{title}</h2>{end}</header>{children}</section>;
}

export function Choose<T extends string>({ label, value, options, onChange }: { label: string; value: T; options: readonly (readonly [T, string])[]; onChange: (value: T) => void }) {
  return <select className="q-select" aria-label={label} value={value} onChange={(event) => onChange(event.target.value as T)}>{options.map(([one, words]) => <option key={one} value={one}>{words}</option>)}</select>;
}

function Tick({ label, on, onChange, disabled, title }: { label: string; on: boolean; onChange: (on: boolean) => void; disabled?: boolean; title?: string }) {
  return <label className="q-tick" title={title}><input type="checkbox" checked={on} disabled={disabled} onChange={(event) => onChange(event.target.checked)} />{label}</label>;
}

const Row = ({ word, children }: { word: string; children: ReactNode }) => <div className="q-row"><span className="q-word">{word}</span>{children}</div>;

export function TrendsSettings({ question, change }: Editing<TrendsQuestion>) {
  const formulas = question.formulas ?? [];
  const adds = question.series.every((one) => ADDING_UP.has(one.math ?? "count"));
  const set = (place: number, text: string) => change({ formulas: text.trim() ? formulas.map((one, i) => (i === place ? text : one)) : formulas.filter((_, i) => i !== place) });
  return (
    <>
      <Group title="Series">
        <SeriesList value={question.series} onChange={(series) => change({ series })} noun="series" add={() => ({})} more={(one, patch) => <MathChoice value={one} onChange={patch} unit={question.unit ?? "person"} />} />
        {formulas.map((one, i) => <div className="q-row" key={i}><span className="q-letter" aria-hidden="true">ƒ</span><Typed className="grow mono" label={`Formula ${i + 1}`} placeholder="100 * B / A" value={one} onTake={(text) => set(i, text)} /><Button quiet className="icon q-x" icon="close" aria-label={`Remove formula ${i + 1}`} onClick={() => set(i, "")} /></div>)}
        {formulas.length < 10 && <button type="button" className="q-add" onClick={() => change({ formulas: [...formulas, question.series.length > 1 ? "B / A" : "A"] })}>+ Formula</button>}
      </Group>
      <Group title="Shown as">
        {formulas.length > 0 && <Tick label="Series beside the formulas" on={Boolean(question.show_series)} onChange={(show_series) => change({ show_series })} />}
        <Tick label="Running total" on={Boolean(question.cumulative)} disabled={!adds && !question.cumulative} title={adds ? undefined : "Only of counts and sums"} onChange={(cumulative) => change({ cumulative })} />
        <Row word="Mean of the last"><TypedNumber className="q-num" label="Intervals to smooth over" min={1} max={60} nothing={undefined} value={question.smoothing ?? 1} onTake={(amount) => change({ smoothing: amount === 1 ? undefined : amount })} /><span className="q-word">{question.interval ?? "day"}s</span></Row>
      </Group>
    </>
  );
}

const ORDERS = [["ordered", "in this order"], ["strict", "in this order, nothing between"], ["unordered", "in any order"]] as const;
const SHOWS = [["steps", "steps"], ["time", "time to convert"], ["trend", "conversion over time"]] as const;
const UNITS = [["minute", "minutes"], ["hour", "hours"], ["day", "days"], ["week", "weeks"], ["month", "months"], ["second", "seconds"]] as const;
const TOUCHES = [["first", "first of their values"], ["last", "last of their values"], ["all", "each value by itself"], ["step", "value at a step"]] as const;

export function FunnelSettings({ question, change }: Editing<FunnelQuestion>) {
  const { words } = useVocabulary();
  const count = question.steps.length;
  const optional = question.order !== "unordered" && (question.show ?? "steps") === "steps";
  const next = (): Step => ({ events: words.events.find((one) => !question.steps.some((step) => step.events?.includes(one.name))) ? [words.events.find((one) => !question.steps.some((step) => step.events?.includes(one.name)))!.name] : undefined });
  const places = question.steps.map((_, i) => [String(i + 1), `step ${i + 1}`] as const);
  const steps = (all: Step[]) => {
    const fits = (question.exclusions ?? []).filter((one) => one.to_step <= all.length).map((one) => (question.order === "unordered" ? { ...one, from_step: 1, to_step: all.length } : one));
    change({ steps: all, exclusions: fits, from_step: undefined, to_step: undefined, ...((question.attribution_step ?? 1) > all.length ? { attribution_step: undefined } : {}) });
  };
  return (
    <>
      <Group title="Steps">
        <SeriesList value={question.steps} onChange={steps} noun="step" least={2} add={next} more={optional ? (one, patch, i) => (i ? <Tick label="may be skipped" on={Boolean(one.optional)} onChange={(on) => patch({ optional: on || undefined })} /> : null) : undefined} />
      </Group>
      <Group title="Counted">
        <Row word="Steps"><Choose label="Order" value={question.order ?? "ordered"} options={ORDERS} onChange={(order) => change({ order, steps: order === "unordered" ? question.steps.map((one) => ({ ...one, optional: undefined })) : question.steps, exclusions: order === "unordered" ? question.exclusions?.map((one) => ({ ...one, from_step: 1, to_step: count })) : question.exclusions })} /></Row>
        <Row word="within"><TypedNumber className="q-num" label="Length of the window" min={1} max={10_000} nothing={14} value={question.window?.value ?? 14} onTake={(value) => change({ window: { ...question.window, value } })} /><Choose label="Unit of the window" value={question.window?.unit ?? "day"} options={UNITS} onChange={(unit) => change({ window: { value: question.window?.value ?? 14, unit } })} /></Row>
        <Row word="Show"><Choose label="Show" value={question.show ?? "steps"} options={SHOWS} onChange={(show) => change({ show, steps: show === "steps" ? question.steps : question.steps.map((one) => ({ ...one, optional: undefined })) })} /></Row>
        {question.show && question.show !== "steps" && (
          <Row word="from"><Choose label="From step" value={String(question.from_step ?? 1)} options={places.slice(0, -1)} onChange={(from) => change({ from_step: Number(from), to_step: Number(from) >= (question.to_step || count) ? undefined : question.to_step })} /><span className="q-word">to</span><Choose label="To step" value={String(question.to_step || count)} options={places.slice(question.from_step ?? 1)} onChange={(to) => change({ to_step: Number(to) })} /></Row>
        )}
        {question.breakdown && <Row word="Counted under the"><Choose label="Attribution" value={question.attribution ?? "first"} options={TOUCHES} onChange={(attribution) => change({ attribution })} />{question.attribution === "step" && <Choose label="Step of the value" value={String(question.attribution_step ?? 1)} options={places} onChange={(step) => change({ attribution_step: Number(step) })} />}</Row>}
      </Group>
      <Group title="Without those who did">
        {(question.exclusions ?? []).map((one, i) => {
          const set = (patch: Partial<typeof one>) => change({ exclusions: question.exclusions!.map((other, k) => (k === i ? { ...other, ...patch } : other)) });
          return (
            <div className="q-item" key={i}>
              <div className="q-line"><EventsPicker label={`Exclusion ${i + 1}`} value={one} onChange={({ events }) => set({ events })} /><span className="grow" /><Button quiet className="icon q-x" icon="close" aria-label={`Remove exclusion ${i + 1}`} onClick={() => change({ exclusions: question.exclusions!.filter((_, k) => k !== i) })} /></div>
              {question.order !== "unordered" && <div className="q-sub"><span className="q-word">between</span><Choose label="After step" value={String(one.from_step)} options={places.slice(0, -1)} onChange={(from) => set({ from_step: Number(from), to_step: Math.max(Number(from) + 1, one.to_step) })} /><span className="q-word">and</span><Choose label="Before step" value={String(one.to_step)} options={places.slice(one.from_step)} onChange={(to) => set({ to_step: Number(to) })} /></div>}
              <div className="q-sub"><Conditions value={one.where} onChange={(where) => set({ where })} add="where" /></div>
            </div>
          );
        })}
        <Excluding onPick={(events) => change({ exclusions: [...(question.exclusions ?? []), { events, from_step: 1, to_step: count }] })} taken={question.steps.flatMap((one) => one.events ?? [])} />
      </Group>
    </>
  );
}

function Excluding({ onPick, taken }: { onPick: (events: string[]) => void; taken: string[] }) {
  const choices = useEventChoices().filter((one) => one.value.startsWith("event:") && !taken.includes(one.value.slice(6)));
  return <Picker label="Leave out who did an event" className="q-add" choices={choices} onPick={(value) => onPick([value.slice(6)])}>+ Event</Picker>;
}

const MODES = [["recurring", "each time they start"], ["first_time", "their first time ever"], ["first_in_span", "their first time in the span"], ["first_ever", "their very first of these events"]] as const;
const WHENS = [["on", "in that interval"], ["on_or_after", "in that interval or later"]] as const;
const BASES = [["calendar", "of the calendar"], ["rolling", "from each one's start"]] as const;
const TOUCH = [["first", "value of their first start"], ["each", "each of their values"]] as const;

export function RetentionSettings({ question, change }: Editing<RetentionQuestion>) {
  const interval = question.interval ?? "day";
  return (
    <>
      <Group title="They start with"><OneSeries label="Start" value={question.start} onChange={(start) => change({ start })} /><Row word="counted"><Choose label="Which starts count" value={question.mode ?? "recurring"} options={MODES} onChange={(mode) => change({ mode })} /></Row></Group>
      <Group title="They come back with"><OneSeries label="Return" value={question.back} onChange={(back) => change({ back })} /></Group>
      <Group title="Counted">
        <Row word="Back"><Choose label="When a return counts" value={question.when ?? "on"} options={WHENS} onChange={(when) => change({ when, value: undefined })} /></Row>
        <Row word="Intervals"><Choose label="Basis" value={question.basis ?? "calendar"} options={BASES} onChange={(basis) => change({ basis })} /></Row>
        <Row word="For"><TypedNumber className="q-num" label="Periods" min={1} max={90} nothing={undefined} value={question.periods ?? 7} onTake={(periods) => change({ periods, brackets: undefined })} /><span className="q-word">{interval}s</span></Row>
        <Row word="Columns of"><Typed className="q-typed" label="Lengths of the columns" placeholder={`1 ${interval} each`} value={(question.brackets ?? []).join(", ")} onTake={(text) => change({ brackets: text.split(/[\s,;]+/).map(Number).filter((one) => Number.isInteger(one) && one > 0) })} /></Row>
        <Row word="At least"><TypedNumber className="q-num" label="Least returns" min={1} max={10_000} nothing={undefined} value={question.least ?? 1} onTake={(least) => change({ least: least === 1 ? undefined : least, ...(least && least > 1 ? { value: undefined } : {}) })} /><span className="q-word">times in an interval</span></Row>
        <Row word="Worth"><FieldPicker label="Property to sum" empty="how many return" only={(field) => field.startsWith("properties.")} value={question.value?.property ? `properties.${question.value.property}` : ""} onChange={(field) => change({ value: { property: field.replace(/^properties\./, ""), math: question.value?.math }, when: undefined, least: undefined })} />{question.value && <><Choose label="Sum or mean" value={question.value.math ?? "sum"} options={[["sum", "sum"], ["mean", "mean"]]} onChange={(math) => change({ value: { ...question.value!, math } })} /><Button quiet className="icon q-x" icon="close" aria-label="Count units again" onClick={() => change({ value: undefined })} /></>}</Row>
        {question.breakdown && <Row word="Divided by"><Choose label="Touch" value={question.touch ?? "each"} options={TOUCH} onChange={(touch) => change({ touch })} /></Row>}
      </Group>
    </>
  );
}

export function PathsSettings({ question, change }: Editing<PathsQuestion>) {
  const choices = useEventChoices().filter((one) => one.value.startsWith("event:")).map((one) => ({ ...one, value: one.value.slice(6), group: undefined }));
  const place = (key: "start_at" | "end_at", label: string) => (
    <Row word={label}>
      <Picker label={`${label}: ${question[key] || "anywhere"}`} className={`q-event${question[key] ? "" : " none"}`} choices={choices} free onPick={(name) => change({ [key]: name })}><span className="q-name">{question[key] || "anywhere"}</span></Picker>
      {question[key] && <Button quiet className="icon q-x" icon="close" aria-label={`${label} anywhere`} onClick={() => change({ [key]: undefined })} />}
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
        <Row word="A pause of"><TypedNumber className="q-num" label="Pause in minutes" min={1} max={1440} nothing={undefined} value={question.gap ?? 30} onTake={(gap) => change({ gap })} /><span className="q-word">minutes ends a path</span></Row>
        <Row word="The"><TypedNumber className="q-num" label="Connections shown" min={1} max={500} nothing={undefined} value={question.limit ?? 50} onTake={(limit) => change({ limit })} /><span className="q-word">most frequent connections</span></Row>
      </Group>
    </>
  );
}

export function LifecycleSettings({ question, change }: Editing<LifecycleQuestion>) {
  return <Group title="Active means"><OneSeries label="Active" value={question.series} onChange={(series) => change({ series })} /></Group>;
}

export function StickinessSettings({ question, change }: Editing<StickinessQuestion>) {
  const interval = question.interval ?? "day";
  return (
    <>
      <Group title="Active means"><SeriesList value={question.series} onChange={(series) => change({ series })} noun="series" add={() => ({})} /></Group>
      <Group title="Counted">
        <Row word="At least"><TypedNumber className="q-num" label="Least times" min={1} max={1_000_000} nothing={undefined} value={question.least ?? 1} onTake={(least) => change({ least: least === 1 ? undefined : least })} /><span className="q-word">times, at most</span><TypedNumber className="q-num" label="Most times" placeholder="any" min={1} max={1_000_000} nothing={undefined} value={question.most ?? undefined} onTake={(most) => change({ most })} /><span className="q-word">in a {interval}</span></Row>
        <Tick label={`So many ${interval}s or more`} on={Boolean(question.cumulative)} onChange={(cumulative) => change({ cumulative })} />
      </Group>
    </>
  );
}

const FIGURES = [["sessions", "how many"], ["length", "length, median"], ["events", "events in one, mean"], ["bounces", "left after one event"]] as const;

export function SessionsSettings({ question, change }: Editing<SessionsQuestion>) {
  return (
    <>
      <Group title="Made of"><OneSeries label="Events" value={question.series} onChange={(series) => change({ series })} /></Group>
      <Group title="Counted">
        <Row word="A pause of"><TypedNumber className="q-num" label="Pause in minutes" min={1} max={1440} nothing={undefined} value={question.gap ?? 30} onTake={(gap) => change({ gap: gap === 30 ? undefined : gap })} /><span className="q-word">minutes begins another</span></Row>
        <Row word="or by"><FieldPicker label="Field that holds a session's id" empty="no id of their own" value={question.by ?? ""} onChange={(by) => change({ by })} />{question.by && <Button quiet className="icon q-x" icon="close" aria-label="By pause alone" onClick={() => change({ by: undefined })} />}</Row>
        <Row word="Drawn"><Choose label="Drawn" value={question.show ?? "sessions"} options={FIGURES} onChange={(show) => change({ show })} /></Row>
      </Group>
    </>
  );
}

export function AdoptionSettings({ question, change }: Editing<AdoptionQuestion>) {
  const { words } = useVocabulary();
  const named = words.features.find((one) => one.id === question.feature)?.name ?? question.feature;
  return (
    <Group title="Feature">
      <div className="q-line"><Picker label={`Feature: ${named || "none"}`} className={`q-event${named ? "" : " none"}`} choices={words.features.map((one) => ({ value: one.id, label: one.name, note: one.released ? undefined : "not released" }))} onPick={(feature) => change({ feature })}><span className="q-name">{named || "Choose a feature"}</span></Picker></div>
      <p className="q-note">Of those who could use it since its release: who saw it, tried it, came back and kept using it.</p>
    </Group>
  );
}

