/** "How many by a day?" */
import { howMany } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import { Answer } from "@/components/basics";
import * as format from "@/lib/format";
import { useUrlState } from "@/lib/url";
import { Held, RestsOn } from "./Held";

const inFourWeeks = () => new Date(format.now().getTime() + 28 * 86_400_000).toISOString().slice(0, 10);

export function HowManyCard({ team }: { team: string }) {
  const [until, setUntil] = useUrlState("until", inFourWeeks());
  const asked = useAsk(howMany, { query: { team, until } });
  return (
    <div className="card pad">
      <div className="row wrap"><label htmlFor="many-until" className="sub">Up to and with</label><input id="many-until" className="input" type="date" value={until} onChange={(event) => event.target.value && setUntil(event.target.value)} /></div>
      <Answer of={asked}>
        {(found) => found.why_not ? <p className="sub">No forecast: {found.why_not}.</p> : (
          <>
            <div className="scroll"><table className="tbl" style={{ marginTop: 10 }}>
              <thead><tr><th scope="col">Chance</th><th scope="col" className="r">Items, at least</th><th scope="col" className="r">Such numbers held</th></tr></thead>
              <tbody>{found.percentiles.map((one) => <tr key={one.chance}><td className="num">{one.chance}%</td><td className="r num">{format.number(one.items, 0)}</td><td className="r"><Held kept={found.backtest.coverage[one.chance]} /></td></tr>)}</tbody>
            </table></div>
            <RestsOn of={found} />
          </>
        )}
      </Answer>
    </div>
  );
}
