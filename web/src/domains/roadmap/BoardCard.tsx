/** One initiative on the board: whose it is, what was promised, and how likely that is. */
import { useName } from "@/app/session";
import { Avatar, Pill } from "@/components/basics";
import { Go } from "@/components/Go";
import * as format from "@/lib/format";
import { initiativeHref, type Card, type Forecast } from "./types";

export const chanceTone = (chance: number) => (chance >= 0.85 ? "good" : chance >= 0.4 ? "warn" : "bad");

export function BoardCard({ card, ahead, on, lifted }: { card: Card; ahead?: Forecast; on: boolean; lifted: boolean }) {
  const nameOf = useName();
  return (
    <article className={`board-card${on ? " on" : ""}${lifted ? " lifted" : ""}`}>
      <div className="row base"><h3 className="grow"><Go className="plain" href={initiativeHref(card.initiative)}>{card.title}</Go></h3>{card.owner && <Avatar name={nameOf(card.owner)} />}</div>
      {card.why && <p className="sub small">{card.why}</p>}
      <div className="board-meta">
        {card.team && <span>{format.spelled(card.team)}</span>}
        {ahead?.left !== null && ahead?.left !== undefined && <span className="num">{ahead.left} left</span>}
        {ahead && ahead.revenue > 0 && <span className="num">{format.money(ahead.revenue)} waits</span>}
        {card.promised_at && <span className="num">promised {format.date(card.promised_at)}</span>}
        {ahead && ahead.chance !== null && <Pill tone={chanceTone(ahead.chance)}>{format.chance(ahead.chance)}</Pill>}
      </div>
    </article>
  );
}
