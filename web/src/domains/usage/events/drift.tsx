/** What has changed, in pills with the words behind them. */
import type { DriftOut } from "@/api/generated";
import { Pill } from "@/components/basics";

export const STATE_TONES: Record<string, string> = { expected: "good", deprecated: "warn", hidden: "plain" };

export function DriftPills({ of: found, most = 2 }: { of: DriftOut[]; most?: number }) {
  if (!found.length) return null;
  return (
    <span className="row wrap" style={{ gap: 4 }}>
      {found.slice(0, most).map((one) => <span key={`${one.problem} ${one.property}`} title={one.words}><Pill tone={one.bad ? "bad" : one.problem.startsWith("new") ? "info" : "warn"}>{one.problem}{one.property ? `: ${one.property}` : ""}</Pill></span>)}
      {found.length > most && <span className="mut small">and {found.length - most} more</span>}
    </span>
  );
}
