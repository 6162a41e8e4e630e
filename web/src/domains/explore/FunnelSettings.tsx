/** A funnel: its steps, their order and time, and who is left out. Paths along a funnel are asked for with the same parts. */
import { Menu } from "@mantine/core";
import type { ReactNode } from "react";
import { Picker } from "@/components/Picker";
import { TypedNumber } from "@/components/Typed";
import { Choose, Clear, Group, Row, Tick, type Editing } from "./Controls";
import { Conditions } from "./Conditions";
import { EventsPicker } from "./Parts";
import { SeriesList } from "./SeriesList";
import type { FunnelQuestion, Step } from "./types";
import { useEventChoices, useVocabulary } from "./vocabulary";

/** What a funnel is, whether it is asked about itself or paths along it are. */
export type Way = Pick<FunnelQuestion, "steps" | "order" | "window" | "exclusions">;
interface WayProps { way: Way; change: (patch: Partial<Way>) => void }

const ORDERS = [["ordered", "in this order"], ["strict", "in this order, nothing between"], ["unordered", "in any order"]] as const;
const SHOWS = [["steps", "steps"], ["time", "time to convert"], ["trend", "conversion over time"]] as const;
const UNITS = [["minute", "minutes"], ["hour", "hours"], ["day", "days"], ["week", "weeks"], ["month", "months"], ["second", "seconds"]] as const;
const TOUCHES = [["first", "first of their values"], ["last", "last of their values"], ["all", "each value by itself"], ["step", "value at a step"]] as const;
const TIMES = [["", "any time"], ["first_time", "their first time ever that fits"], ["first_ever", "their very first of these events"]] as const;

export const places = (steps: Step[]) => steps.map((_, i) => [String(i + 1), `step ${i + 1}`] as const);
const skippable = ({ optional: _, ...step }: Step): Step => step;

/** Steps, with exclusions that still lie between them. */
export function Steps({ way, change, optional }: WayProps & { optional: boolean }) {
  const { words } = useVocabulary();
  const next = (): Step => {
    const free = words.events.find((one) => !way.steps.some((step) => step.events?.includes(one.name)));
    return free ? { events: [free.name] } : {};
  };
  const take = (steps: Step[]) => {
    const fits = (way.exclusions ?? []).filter((one) => one.to_step <= steps.length);
    change({ steps, exclusions: way.order === "unordered" ? fits.map((one) => ({ ...one, from_step: 1, to_step: steps.length })) : fits });
  };
  const more = (one: Step, patch: (patch: Partial<Step>) => void, place: number): ReactNode => (
    <>
      {optional && place > 0 && <Tick label="may be skipped" on={Boolean(one.optional)} onChange={(on) => patch({ optional: on || undefined })} />}
      {one.math && <Choose label={`Which time counts at step ${place + 1}`} value={one.math} options={TIMES} onChange={(math) => patch({ math: math || undefined })} />}
    </>
  );
  const menu = (one: Step, patch: (patch: Partial<Step>) => void) => !one.math && <Menu.Item onClick={() => patch({ math: "first_time" })}>Only their first time</Menu.Item>;
  return <SeriesList value={way.steps} onChange={take} noun="step" least={2} add={next} more={more} menu={menu} />;
}

export function InOrder({ way, change }: WayProps) {
  const take = (order: NonNullable<Way["order"]>) => change(order !== "unordered" ? { order } : {
    order, steps: way.steps.map(skippable), exclusions: way.exclusions?.map((one) => ({ ...one, from_step: 1, to_step: way.steps.length })),
  });
  return (
    <>
      <Row word="Steps"><Choose label="Order" value={way.order ?? "ordered"} options={ORDERS} onChange={take} /></Row>
      <Row word="within"><TypedNumber className="q-num" label="Length of the window" min={1} max={10_000} nothing={14} value={way.window?.value ?? 14} onTake={(value) => change({ window: { ...way.window, value } })} /><Choose label="Unit of the window" value={way.window?.unit ?? "day"} options={UNITS} onChange={(unit) => change({ window: { value: way.window?.value ?? 14, unit } })} /></Row>
    </>
  );
}

export function Exclusions({ way, change }: WayProps) {
  const all = way.exclusions ?? [];
  const steps = places(way.steps);
  return (
    <>
      {all.map((one, i) => {
        const set = (patch: Partial<typeof one>) => change({ exclusions: all.map((other, k) => (k === i ? { ...other, ...patch } : other)) });
        return (
          <div className="q-item" key={i}>
            <div className="q-line"><EventsPicker label={`Exclusion ${i + 1}`} value={one} onChange={({ events }) => set({ events })} /><span className="grow" /><Clear label={`Remove exclusion ${i + 1}`} onClick={() => change({ exclusions: all.filter((_, k) => k !== i) })} /></div>
            {way.order !== "unordered" && <div className="q-sub"><span className="q-word">between</span><Choose label="After step" value={String(one.from_step)} options={steps.slice(0, -1)} onChange={(from) => set({ from_step: Number(from), to_step: Math.max(Number(from) + 1, one.to_step) })} /><span className="q-word">and</span><Choose label="Before step" value={String(one.to_step)} options={steps.slice(one.from_step)} onChange={(to) => set({ to_step: Number(to) })} /></div>}
            <div className="q-sub"><Conditions value={one.where} onChange={(where) => set({ where })} add="where" /></div>
          </div>
        );
      })}
      <Excluding onPick={(events) => change({ exclusions: [...all, { events, from_step: 1, to_step: way.steps.length }] })} taken={way.steps.flatMap((one) => one.events ?? [])} />
    </>
  );
}

function Excluding({ onPick, taken }: { onPick: (events: string[]) => void; taken: string[] }) {
  const choices = useEventChoices().filter((one) => one.value.startsWith("event:") && !taken.includes(one.value.slice(6)));
  return <Picker label="Leave out who did an event" className="q-add" choices={choices} onPick={(value) => onPick([value.slice(6)])}>+ Event</Picker>;
}

export function FunnelSettings({ question, change }: Editing<FunnelQuestion>) {
  const count = question.steps.length;
  const steps = places(question.steps);
  const optional = question.order !== "unordered" && (question.show ?? "steps") === "steps";
  const fit = (patch: Partial<Way>) => change(!patch.steps || patch.order ? patch : { ...patch, from_step: undefined, to_step: undefined, ...((question.attribution_step ?? 1) > patch.steps.length ? { attribution_step: undefined } : {}) });
  return (
    <>
      <Group title="Steps"><Steps way={question} change={fit} optional={optional} /></Group>
      <Group title="Counted">
        <InOrder way={question} change={fit} />
        <Row word="Show"><Choose label="Show" value={question.show ?? "steps"} options={SHOWS} onChange={(show) => change({ show, steps: show === "steps" ? question.steps : question.steps.map(skippable) })} /></Row>
        {question.show && question.show !== "steps" && (
          <Row word="from"><Choose label="From step" value={String(question.from_step ?? 1)} options={steps.slice(0, -1)} onChange={(from) => change({ from_step: Number(from), to_step: Number(from) >= (question.to_step || count) ? undefined : question.to_step })} /><span className="q-word">to</span><Choose label="To step" value={String(question.to_step || count)} options={steps.slice(question.from_step ?? 1)} onChange={(to) => change({ to_step: Number(to) })} /></Row>
        )}
        {question.show === "time" && <Row word="in"><TypedNumber className="q-num" label="Bars" placeholder="any" min={1} max={90} nothing={undefined} value={question.bins || undefined} onTake={(bins) => change({ bins })} /><span className="q-word">bars</span></Row>}
        {question.breakdown && !question.breakdown.cohorts?.length && <Row word="Counted under the"><Choose label="Attribution" value={question.attribution ?? "first"} options={TOUCHES} onChange={(attribution) => change({ attribution })} />{question.attribution === "step" && <Choose label="Step of the value" value={String(question.attribution_step ?? 1)} options={steps} onChange={(step) => change({ attribution_step: Number(step) })} />}</Row>}
      </Group>
      <Group title="Without those who did"><Exclusions way={question} change={fit} /></Group>
    </>
  );
}
