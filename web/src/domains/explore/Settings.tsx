/** What only one kind of question has: its window, its mode, its places. Grey words, small controls. */
import { Button } from "@/components/basics";
import { Picker } from "@/components/Picker";
import { Typed, TypedNumber } from "@/components/Typed";
import { Choose, Group, Row, Tick, type Editing } from "./Controls";
import { FieldPicker } from "./Parts";
import { MathChoice, OneSeries, SeriesList } from "./SeriesList";
import { ADDING_UP, measured, propertyField, type AdoptionQuestion, type LifecycleQuestion, type RetentionQuestion, type RhythmQuestion, type SessionsQuestion, type StickinessQuestion, type TrendsQuestion } from "./types";
import { useVocabulary } from "./vocabulary";

export function TrendsSettings({ question, change }: Editing<TrendsQuestion>) {
  const formulas = question.formulas ?? [];
  const adds = question.series.every((one) => ADDING_UP.has(one.math ?? "count"));
  const set = (place: number, text: string) => change({ formulas: text.trim() ? formulas.map((one, i) => (i === place ? text : one)) : formulas.filter((_, i) => i !== place) });
  return (
    <>
      <Group title="Series">
        <SeriesList value={question.series} onChange={(series) => change({ series })} noun="series" add={() => ({})} more={(one, patch) => <MathChoice value={one} onChange={patch} unit={question.unit ?? "person"} />} />
        {formulas.map((one, i) => <div className="q-row" key={i}><span className="q-letter" aria-hidden="true">ƒ</span><Typed className="grow mono" label={`Formula ${i + 1}`} placeholder="Conversion = 100 * B / A" value={one} onTake={(text) => set(i, text)} /><Button quiet className="icon q-x" icon="close" aria-label={`Remove formula ${i + 1}`} onClick={() => set(i, "")} /></div>)}
        {formulas.length < 10 && <button type="button" className="q-add" onClick={() => change({ formulas: [...formulas, question.series.length > 1 ? "B / A" : "A"] })}>+ Formula</button>}
      </Group>
      <Group title="Shown as">
        {formulas.length > 0 && <Tick label="Series beside the formulas" on={Boolean(question.show_series)} onChange={(show_series) => change({ show_series })} />}
        <Tick label="Running total" on={Boolean(question.cumulative)} disabled={!adds && !question.cumulative} title={adds ? undefined : "Only of counts and sums"} onChange={(cumulative) => change({ cumulative })} />
        {(question.gaps === "zero" || formulas.length > 0 || question.series.some((one) => !ADDING_UP.has(one.math ?? "count"))) && <Tick label="0 where there is nothing to compute from" on={question.gaps === "zero"} title="A mean of nothing, or a division by zero; else there is no amount" onChange={(on) => change({ gaps: on ? "zero" : undefined })} />}
        <Row word="Mean of the last"><TypedNumber className="q-num" label="Intervals to smooth over" min={1} max={60} nothing={undefined} value={question.smoothing ?? 1} onTake={(amount) => change({ smoothing: amount === 1 ? undefined : amount })} /><span className="q-word">{question.interval ?? "day"}s</span></Row>
      </Group>
    </>
  );
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
        <Row word="Worth"><FieldPicker label="Property to sum" empty="how many return" only={measured} value={propertyField(question.value?.property)} onChange={(field) => change({ value: { property: field.replace(/^properties\./, ""), math: question.value?.math }, when: undefined, least: undefined })} />{question.value && <><Choose label="Sum or mean" value={question.value.math ?? "sum"} options={[["sum", "sum"], ["mean", "mean"]]} onChange={(math) => change({ value: { ...question.value!, math } })} /><Button quiet className="icon q-x" icon="close" aria-label="Count units again" onClick={() => change({ value: undefined })} /></>}</Row>
        {question.breakdown && !question.breakdown.cohorts?.length && <Row word="Divided by"><Choose label="Touch" value={question.touch ?? "each"} options={TOUCH} onChange={(touch) => change({ touch })} /></Row>}
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
        <Row word="At least"><TypedNumber className="q-num" label="Least times" min={1} max={1_000_000} nothing={undefined} value={question.least ?? 1} onTake={(least) => change({ least: least === 1 ? undefined : least })} /><span className="q-word">times, at most</span><TypedNumber className="q-num" label="Most times" placeholder="any" min={1} max={1_000_000} nothing={undefined} value={question.most ?? undefined} onTake={(most) => change({ most })} /><span className="q-word">in {(question.every ?? 1) > 1 ? `${question.every} ${interval}s` : `a ${interval}`}</span></Row>
        <Row word="Every"><TypedNumber className="q-num" label={`${interval}s taken together`} title="From the first of the span on: an interval of so many counts once" min={1} max={365} nothing={1} value={question.every ?? 1} onTake={(every) => change({ every: every === 1 ? undefined : every })} /><span className="q-word">{interval}s are one</span></Row>
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

export function RhythmSettings({ question, change }: Editing<RhythmQuestion>) {
  const units = question.unit === "account" ? "accounts" : "people";
  return (
    <>
      <Group title="Events"><OneSeries label="Events" value={question.series} onChange={(series) => change({ series })} /></Group>
      <Group title="Counted"><Row word="How many"><Choose label="Counted as" value={question.counted ?? "events"} options={[["events", "events"], ["units", units]] as const} onChange={(counted) => change({ counted: counted === "events" ? undefined : counted })} /></Row><p className="q-note">By the clock of the organisation{question.counted === "units" ? `; ${units} count once in a cell, a day and an hour` : ""}.</p></Group>
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

