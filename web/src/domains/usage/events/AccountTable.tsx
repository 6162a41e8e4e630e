/** Received = stored + sent again + refused + blocked + left out by sampling, line by line. */
import { Fragment } from "react";
import { eventRules } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import { Go } from "@/components/Go";
import * as format from "@/lib/format";
import { ruleWords, tabHref, type Account } from "./types";

const LINES: [keyof Account, string, string][] = [
  ["stored", "Stored", ""], ["duplicate", "Sent again", "the same id as before: kept once"], ["refused", "Refused", "kept aside with the reason"],
  ["blocked", "Blocked", "by a rule"], ["sampled", "Left out by sampling", "by a rule, or the source’s share of people"],
];

export function AccountTable({ sum, outcomes, source }: { sum: Account; outcomes: Record<string, number>; source: string }) {
  const rules = useAsk(eventRules, { query: { size: 500 } });
  const named = (id: string) => {
    const rule = rules.data?.items.find((one) => one.id === id);
    if (!rule) return id === "source" ? "the source’s own share" : "a rule that was removed";
    const words = ruleWords(rule);
    return `${words.act}: ${words.which}`;
  };
  const parts = (kind: string) => Object.entries(outcomes).filter(([key]) => key.startsWith(`${kind}:`)).sort((one, other) => other[1] - one[1]).slice(0, 6);
  return (
    <div className="card">
      <div className="scroll" tabIndex={0} role="region" aria-label="Account of every event">
        <table className="tbl account">
          <tbody>
            <tr><th scope="row">Received</th><td className="r num"><b>{format.number(sum.received)}</b></td></tr>
            {LINES.map(([key, label, note]) => (
              <Fragment key={key}>
                <tr className={sum[key] ? "" : "mut"}><th scope="row">{label} <span className="mut small">{note}</span></th><td className="r num">{format.number(sum[key])}</td></tr>
                {["refused", "blocked", "sampled"].includes(key) && parts(key).map(([outcome, amount]) => (
                  <tr key={outcome} className="part small"><th scope="row">{key === "refused" ? <Go className="ev" href={tabHref("refused", { source, code: outcome.slice(8) })}>{outcome.slice(8).replaceAll("_", " ")}</Go> : named(outcome.slice(outcome.indexOf(":") + 1))}</th><td className="r num sub">{format.number(amount)}</td></tr>
                ))}
              </Fragment>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
