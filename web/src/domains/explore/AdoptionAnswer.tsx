/** Could use, saw, tried, came back, kept: five figures, each with its share, and how it stands against what was foretold. */
import type { AdoptionAnswer as Found } from "@/api/generated";
import { Pill } from "@/components/basics";
import { Go } from "@/components/Go";
import * as format from "@/lib/format";
import type { Answered } from "./types";

const TONES: Record<string, string> = { ahead: "good", behind: "warn" };

export function AdoptionAnswer({ answered, onStage, links = true }: { answered: Answered; links?: boolean; onStage?: (stage: string) => void }) {
  const found = answered.answer as Found;
  const foretold = found.prediction;
  const median = found.times.median;
  const stages = found.stages.filter((one) => !one.key.startsWith("not_"));
  return (
    <>
      <div className="card figs five ans-stages">
        {stages.map((one) => {
          const inside = <><span className="l">{one.label}</span><span className="v num">{one.count === null ? format.NONE : format.number(one.count, 0)}{one.share !== null && one.share !== undefined && <small> {format.share(one.share)}</small>}</span><span className="d">{one.count === null ? one.why : one.interval ? <span className="num">{format.share(one.interval[0])} to {format.share(one.interval[1])} of {format.number(one.of, 0)}</span> : <span>{one.why || `of ${format.number(one.of, 0)}`}</span>}</span></>;
          return onStage && one.count ? <button key={one.key} type="button" className="fig" onClick={() => onStage(one.key)}>{inside}</button> : <div key={one.key} className="fig still">{inside}</div>;
        })}
      </div>
      <p className="coverage ans-foretold">
        {foretold && <><Pill tone={TONES[foretold.standing] ?? "plain"}>{foretold.standing}</Pill> Foretold {format.share(foretold.share)} in {format.count(foretold.days, "day")}{foretold.by && ` by ${format.spelled(foretold.by)}`}, {format.share(foretold.due_share)} due by now. </>}
        {median !== null && median !== undefined && <>Half had tried it after {format.days(median)}. </>}
        {found.releases?.map((one) => <span key={one.release}>{links && one.release ? <Go className="ev" href={`/releases/${encodeURIComponent(one.release)}`}>{one.version || one.release}</Go> : one.version}: {format.count(one.first_uses, "first use")}. </span>)}
      </p>
    </>
  );
}
