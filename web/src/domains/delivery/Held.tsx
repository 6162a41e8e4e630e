/** What a forecast rests on, and how often such forecasts held. */
import * as format from "@/lib/format";
import type { BackTest, Kept } from "./types";

/** "83% of 14", red when the promise lies outside of what was kept. */
export function Held({ kept }: { kept?: Kept }) {
  if (!kept || kept.held === null) return <span className="mut">{format.NONE}</span>;
  return <span className={kept.honest === false ? "down num" : "num"} title={kept.low === null ? undefined : `95% interval ${format.share(kept.low)} to ${format.share(kept.high)}`}>{format.share(kept.held)} <span className="mut">of {kept.n}</span></span>;
}

interface RestsOnProps { of: { finished: number; sample_days: number; per_week: number; left_out: number; left_out_why: string; notes: string[]; backtest: BackTest } }

export function RestsOn({ of }: RestsOnProps) {
  const parts = [
    `${format.count(of.finished, "item")} in ${of.sample_days} days, ${format.number(of.per_week)} a week`,
    of.backtest.origins ? `${format.count(of.backtest.origins, "past forecast")} replayed` : "too little history to replay",
    of.left_out ? `left out: ${of.left_out_why}` : "",
    ...of.notes,
  ];
  return <div className="coverage">{parts.filter(Boolean).join(" · ")}</div>;
}
