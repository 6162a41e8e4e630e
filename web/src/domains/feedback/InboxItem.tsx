/** One item of the inbox with the requests that it is like. */
import { Button, Pill } from "@/components/basics";
import * as format from "@/lib/format";
import type { Item } from "./types";
import "./feedback.css";

interface InboxItemProps {
  item: Item; row: number; on: boolean; may: boolean;
  onPoint: () => void; onFile: (item: Item, request: string, title: string) => void; onNew: (item: Item) => void; onAside: (item: Item) => void;
}

export function InboxItem({ item, row, on, may, onPoint, onFile, onNew, onAside }: InboxItemProps) {
  const why = may ? undefined : "Viewers read; a member files feedback.";
  const body = item.body && item.body.replace(/\.$/, "") !== item.title ? item.body : "";
  return (
    <article className={`dec inbox${on ? " on" : ""}`} data-row={row} onClick={onPoint} aria-current={on ? "true" : undefined}>
      <div>
        <h3>{item.kind && item.kind !== "idea" && <Pill tone={item.kind === "bug" ? "bad" : item.kind === "praise" ? "good" : "plain"}>{item.kind}</Pill>}{item.title}</h3>
        {body && <p>{body}</p>}
        <div className="meta dots"><span>{item.account ?? "no account"}</span>{item.revenue !== null && <span className="num">{format.money(item.revenue)}</span>}<span>{item.person}</span><span>{item.channel}</span><span title={format.dateTime(item.given_at)}>{format.ago(item.given_at)}</span></div>
      </div>
      <div className="inbox-act">
        {item.suggestions.map((one, i) => (
          <button key={one.request} type="button" className="inbox-like" disabled={!may} title={why ?? `Likeness ${format.share(one.score)}: file to it`} onClick={() => onFile(item, one.request, one.title)}>
            <kbd>{i + 1}</kbd><span>{one.title}</span><span className="mut num">{format.share(one.score)}</span>
          </button>
        ))}
        <div className="row"><Button disabled={!may} title={why} onClick={() => onNew(item)}>New request</Button><Button quiet disabled={!may} title={why} onClick={() => onAside(item)}>Set aside</Button></div>
      </div>
    </article>
  );
}
