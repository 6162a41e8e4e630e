/** A measured share with its interval, and a tick where the prediction was. */
import * as format from "@/lib/format";
import type { Adoption } from "./types";

const place = (share: number) => `${Math.min(100, Math.max(0, share * 100))}%`;

export function ShareBar({ row, bare }: { bare?: boolean; row: Pick<Adoption, "tried" | "tried_share" | "tried_low" | "tried_high" | "predicted_share"> }) {
  if (row.tried_share === null) return <span className="mut">{format.NONE}</span>;
  const low = row.tried_low ?? row.tried_share;
  const high = row.tried_high ?? row.tried_share;
  const words = `${format.share(row.tried_share)} tried it, 95% between ${format.share(low)} and ${format.share(high)}${row.predicted_share === null ? "" : `, predicted ${format.share(row.predicted_share)}`}`;
  return (
    <span className="row" style={{ gap: 10 }}>
      {!bare && <span className="num" style={{ minWidth: 34, textAlign: "right" }}>{format.share(row.tried_share)}</span>}
      <span className="range" role="img" aria-label={words} title={words} style={{ minWidth: 150, width: 150 }}>
        <i style={{ left: 0, width: "100%" }} />
        <b style={{ left: place(low), width: place(Math.max(0.01, high - low)) }} />
        {row.predicted_share !== null && <u style={{ left: place(row.predicted_share) }} />}
        <em style={{ left: place(row.tried_share) }} />
      </span>
    </span>
  );
}
