/** A moment: a day, a minute, or one told from now. */
import { Typed, TypedNumber } from "@/components/Typed";
import { now } from "@/lib/format";
import { Choose } from "./Controls";
import { momentWords, readMoment, retold, SIZES, writeMoment, type Size, type Told } from "./moment";

const TOLD: Record<Told, string> = { day: "the day", minute: "the minute", ago: "now minus", start: "the start of", end: "the end of" };
const ALL = Object.keys(TOLD) as Told[];
const WHOLE = (["d", "w", "m", "q", "y"] as Size[]).flatMap((size) => [0, 1].map((back) => ({ size, back })));

interface MomentProps { label: string; value: string; onChange: (text: string) => void; kinds?: readonly Told[] }

export function MomentChoice({ label, value, onChange, kinds = ALL }: MomentProps) {
  const moment = readMoment(value);
  const { told, back, size } = moment;
  if (told === "other") return <Typed className="q-typed" label={label} value={value} onTake={onChange} />;
  const offered = kinds.includes(told) ? kinds : [...kinds, told];
  const edge = told === "start" || told === "end";
  const wholes = [...new Set([value, ...WHOLE.map((one) => writeMoment({ ...moment, ...one }))])];
  return (
    <span className="q-moment" role="group" aria-label={label}>
      {offered.length > 1 && <Choose label={`${label}: how it is told`} value={told} options={offered.map((one) => [one, TOLD[one]] as const)} onChange={(to) => onChange(retold(moment, to, now().toISOString().slice(0, 10)))} />}
      {told === "day" && <Typed type="date" className="q-date" label={label} value={value} onTake={onChange} />}
      {told === "minute" && <Typed type="datetime-local" className="q-date" label={label} value={value.slice(0, 16)} onTake={onChange} />}
      {told === "ago" && <><TypedNumber className="q-num" label={`${label}: how many`} min={0} max={99_999} nothing={undefined} value={back} onTake={(amount) => onChange(writeMoment({ ...moment, back: amount ?? back }))} /><Choose label={`${label}: of what`} value={size} options={(Object.keys(SIZES) as Size[]).map((one) => [one, `${SIZES[one]}s`] as const)} onChange={(to) => onChange(writeMoment({ ...moment, size: to }))} /></>}
      {edge && <Choose label={`${label}: of what`} value={value} options={wholes.map((one) => [one, momentWords(one)!.replace(/^the (start|end) of /, "")] as const)} onChange={onChange} />}
    </span>
  );
}
