/** One condition of a cohort: what was done, how often and when, or what is known. Below it, who is in it. */
import { TypedNumber } from "@/components/Typed";
import { now } from "@/lib/format";
import { COMPARED, inWords, whoIsIn } from "./condition";
import { Conditions, OneWhere } from "./Conditions";
import { Choose } from "./Controls";
import { MomentChoice } from "./MomentChoice";
import { EventsPicker } from "./Parts";
import { SeriesList } from "./SeriesList";
import { LASTS, type Condition, type Span, type Unit, type Where, type Window } from "./types";
import { useCohorts } from "./vocabulary";

export interface PartProps { value: Condition; onChange: (value: Condition) => void; unit: Unit; self?: string }
type Kinded<K extends Condition["kind"]> = Extract<Condition, { kind: K }>;
interface Of<C> { value: C; onChange: (value: Condition) => void }

const HOW_OFTEN = Object.entries(COMPARED) as [keyof typeof COMPARED, string][];
const MOST_TIMES = 1e9;
const accountTrait = (field: string) => field.startsWith("properties.") || field.startsWith("account.");
const anyTrait = (field: string) => accountTrait(field) || field.startsWith("person.");

export function CohortPart({ value, onChange, unit, self }: PartProps) {
  const line = whoIsIn(value, unit);
  return <><Form value={value} onChange={onChange} unit={unit} self={self} />{line && <p className="q-note c-who">{line}</p>}</>;
}

function Form({ value, onChange, unit, self }: PartProps) {
  const cohorts = useCohorts().filter((one) => one.unit === unit && one.id !== self);
  switch (value.kind) {
    case "did": return <Events word="did" value={value} onChange={onChange}><div className="q-row"><Often value={value} onChange={onChange} least={0} /><When value={value} onChange={(window) => onChange({ ...value, ...window })} /></div></Events>;
    case "did_first": return <Events word="first did" value={value} onChange={onChange}><div className="q-row"><When value={value} onChange={(window) => onChange({ ...value, ...window })} /></div></Events>;
    case "regularly": return <Events word="did" value={value} onChange={onChange}><Regular value={value} onChange={onChange} /></Events>;
    case "stopped": return <Events word="did" value={value} onChange={onChange}><Lately value={value} onChange={onChange} words={["in the last", "days, but not in the last"]} /></Events>;
    case "restarted": return <Events word="did" value={value} onChange={onChange}><Lately value={value} onChange={onChange} words={["before the last", "days, and again in the last"]} /></Events>;
    case "trait": return <div className="q-row"><OneWhere value={value} only={unit === "person" ? anyTrait : accountTrait} onChange={(changed) => onChange({ ...changed, kind: "trait" })} /></div>;
    case "in": return <div className="q-row"><span className="q-word">is in</span><Choose label="Cohort" value={value.cohort} options={[...(value.cohort ? [] : [["", "choose"] as const]), ...cohorts.map((one) => [one.id, one.name] as const)]} onChange={(cohort) => onChange({ ...value, cohort })} /></div>;
    case "first_seen": return <div className="q-row"><span className="q-word">first seen</span><When always value={asWindow(value.span)} onChange={(window) => onChange({ ...value, span: asSpan(window) })} /></div>;
    case "sequence": return (
      <>
        <div className="q-row"><span className="q-word">did, one after another</span></div>
        <SeriesList value={value.steps} noun="step" least={2} most={10} add={() => ({})} onChange={(steps) => onChange({ ...value, steps })} />
        <div className="q-row"><span className="q-word">within</span><Amount label="Days from the first" value={value.within_days ?? 14} most={5000} onTake={(within_days) => onChange({ ...value, within_days })} /><span className="q-word">days,</span><When value={value} onChange={(window) => onChange({ ...value, ...window })} /></div>
      </>
    );
    default: return <span className="q-deep">{inWords(value)}</span>;
  }
}

const asWindow = (span: Span | undefined): Window => (span?.since || span?.until ? { since: span.since, until: span.until } : { days: span?.last ?? 30 });
const asSpan = ({ days, since, until }: Window): Span => (since || until ? { since, until } : { last: days ?? 30 });

type OfEvents = Kinded<"did" | "did_first" | "regularly" | "stopped" | "restarted">;

/** Which events, what is asked of them, and their conditions. */
function Events({ word, value, onChange, children }: Of<OfEvents> & { word: string; children: React.ReactNode }) {
  return (
    <>
      <div className="q-row"><span className="q-word">{word}</span><EventsPicker label="Did" value={{ events: value.events }} onChange={({ events }) => onChange({ ...value, events })} /></div>
      {children}
      <Conditions value={value.where as Where[] | undefined} onChange={(where) => onChange({ ...value, where })} add="where" />
    </>
  );
}

function Amount({ label, value, onTake, least = 1, most = 500 }: { label: string; value: number; onTake: (amount: number) => void; least?: number; most?: number }) {
  return <TypedNumber className="q-num" label={label} min={least} max={most} nothing={undefined} value={value} onTake={(amount) => onTake(amount ?? value)} />;
}

function Often({ value, onChange, least }: Of<Kinded<"did" | "regularly">> & { least: number }) {
  const set = (patch: Partial<typeof value>) => onChange({ ...value, ...patch } as Condition);
  return <><Choose label="How often" value={value.compare ?? "at_least"} options={HOW_OFTEN} onChange={(compare) => set({ compare })} /><Amount label="Times" least={least} most={MOST_TIMES} value={value.times ?? 1} onTake={(times) => set({ times })} /><span className="q-word">times</span></>;
}

const STRETCHES = ["day", "week", "month"] as const;

function Regular({ value, onChange }: Of<Kinded<"regularly">>) {
  const { interval = "day", every = 1, periods = 3, least = 2 } = value;
  return (
    <>
      <div className="q-row"><Often value={value} onChange={onChange} least={1} /><span className="q-word">in</span><Amount label="Length of a stretch" most={366} value={every} onTake={(to) => onChange({ ...value, every: to })} /><Choose label="Stretches of" value={interval} options={STRETCHES.map((one) => [one, every === 1 ? one : `${one}s`] as const)} onChange={(to) => onChange({ ...value, interval: to })} /></div>
      <div className="q-row"><span className="q-word">in at least</span><Amount label="In how many" value={least} onTake={(to) => onChange({ ...value, least: to })} /><span className="q-word">of the last</span><Amount label="Of how many" value={periods} onTake={(to) => onChange({ ...value, periods: to })} /></div>
    </>
  );
}

function Lately({ value, onChange, words }: Of<Kinded<"stopped" | "restarted">> & { words: readonly [string, string] }) {
  return <div className="q-row"><span className="q-word">{words[0]}</span><Amount label="Days" least={2} most={5000} value={value.days ?? 30} onTake={(days) => onChange({ ...value, days })} /><span className="q-word">{words[1]}</span><Amount label="Last days apart" most={4999} value={value.recent ?? 7} onTake={(recent) => onChange({ ...value, recent })} /><span className="q-word">days</span></div>;
}

const EDGES = ["day", "minute", "ago", "start", "end"] as const;
const monthAgo = () => new Date(now().getTime() - 30 * 86_400_000).toISOString().slice(0, 10);

/** At any time, in the last days, or from one moment to another. */
function When({ value, onChange, always }: { value: Window; onChange: (window: Window) => void; always?: boolean }) {
  const own = Boolean(value.since || value.until);
  const known = [...new Set([...LASTS.day, ...(value.days ? [value.days] : [])])].sort((a, b) => a - b);
  const options = [...(always ? [] : [["", "at any time"] as const]), ...known.map((one) => [String(one), `in the last ${one} days`] as const), ["own", "from … to …"] as const];
  const choose = (text: string) => onChange(text === "own" ? { days: null, since: monthAgo(), until: "" } : { days: text ? Number(text) : null, since: "", until: "" });
  return (
    <>
      <Choose label="When" value={own ? "own" : String(value.days ?? "")} options={options} onChange={choose} />
      {own && <span className="q-dates"><span className="q-edge"><span className="q-word">from</span><MomentChoice label="From" kinds={EDGES} value={value.since ?? ""} onChange={(since) => onChange({ days: null, since, until: value.until })} /></span><span className="q-edge"><span className="q-word">to</span><MomentChoice label="To" kinds={EDGES} value={value.until ?? ""} onChange={(until) => onChange({ days: null, since: value.since, until })} /></span></span>}
    </>
  );
}
