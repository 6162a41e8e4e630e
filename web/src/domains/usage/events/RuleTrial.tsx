/** What a rule would have done to the newest events, asked anew a moment after each change. */
import { useEffect, useState } from "react";
import type { ApiError } from "@/api/client";
import { previewEventRule, type EventRuleIn, type Touched } from "@/api/generated";
import { ask } from "@/api/runtime";
import { Pill } from "@/components/basics";
import * as format from "@/lib/format";
import type { RulePreview } from "./types";

const PAUSE = 350;

export function RuleTrial({ rule }: { rule: EventRuleIn }) {
  const [told, setTold] = useState<RulePreview | null>(null);
  const [wrong, setWrong] = useState("");
  const { reason: _reason, ...asked } = rule;
  const key = JSON.stringify(asked);
  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => {
      ask(previewEventRule({ body: JSON.parse(key) as EventRuleIn })).then(
        (found) => { if (current) { setTold(found); setWrong(""); } },
        (problem: ApiError) => { if (current) { setTold(null); setWrong(problem.message); } },
      );
    }, PAUSE);
    return () => { current = false; clearTimeout(timer); };
  }, [key]);
  return (
    <section className="trial" aria-label="What it would have done">
      <div className="row wrap" role="status"><h3>On the newest events</h3>
        {told && <span className="sub">{told.looked_at === 0 ? "There are none yet." : told.touched === 0 ? `None of the last ${format.number(told.looked_at)} would be touched.` : `${format.number(told.touched)} of the last ${format.number(told.looked_at)} would be ${told.kept_out === told.touched ? "kept out" : "changed"}.`}</span>}
        {wrong && <span className="mut">{wrong}</span>}
      </div>
      {(told?.examples ?? []).slice(0, 4).map((one) => <Example key={one.event_id} one={one} />)}
    </section>
  );
}

function Example({ one }: { one: Touched }) {
  const names = [...new Set([...Object.keys(one.properties), ...Object.keys(one.properties_after)])];
  const changed = names.filter((name) => JSON.stringify(one.properties[name]) !== JSON.stringify(one.properties_after[name]));
  return (
    <div className="trial-row small">
      <span className="mut num">{format.dateTime(one.occurred_at)}</span>
      <span>{one.event !== one.event_after ? <><del>{one.event}</del> <ins>{one.event_after}</ins></> : one.outcome === "changed" ? one.event : <del>{one.event}</del>} <span className="mut">{one.distinct_id}</span></span>
      <span className="mono">{one.outcome !== "changed" ? <Pill tone="violet">{one.outcome === "sampled" ? "left out" : "kept out"}</Pill> : changed.map((name) => <span key={name}>{name}: {name in one.properties && <del>{JSON.stringify(one.properties[name])}</del>} {name in one.properties_after && <ins>{JSON.stringify(one.properties_after[name])}</ins>} </span>)}</span>
    </div>
  );
}
