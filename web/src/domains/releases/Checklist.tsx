/** What has to be done around a release; a line is green only with evidence. */
import { useState } from "react";
import { checkItem, confirmItem, openItem } from "@/api/generated";
import { ask } from "@/api/runtime";
import { toast } from "@/app/toast";
import { useMay, useName } from "@/app/session";
import { Avatar, Button, Empty, Pill } from "@/components/basics";
import { useSend } from "@/components/Form";
import { Go, RefLink } from "@/components/Go";
import { ReasonDialog } from "@/components/ReasonDialog";
import * as format from "@/lib/format";
import { useListKeys } from "@/lib/keys";
import { NO_RIGHT, type Line, type Release } from "./types";

export function Checklist({ release }: { release: Release }) {
  const may = useMay("member");
  const { send } = useSend();
  const nameOf = useName();
  const [asking, setAsking] = useState<Line | null>(null);
  const [at] = useListKeys(release.checklist.length, (index) => setAsking(release.checklist[index]!), may);
  if (!release.checklist.length) {
    return <div className="card"><Empty title="No checklist">{release.tier === 4 ? "A silent release has none." : "Set the tier above: the louder the release, the longer the list."}</Empty></div>;
  }
  const path = (line: Line) => ({ release_id: release.release, item_id: line.id });
  const reopen = (line: Line) => ask(openItem({ path: path(line) }));
  const check = async (line: Line, evidence: string) => {
    setAsking(null);
    if (await send(() => ask(checkItem({ path: path(line), body: { evidence } })))) toast("Done, with evidence", { undo: () => void send(() => reopen(line)) });
  };
  return (
    <>
      <div className="card list-card">
        {release.checklist.map((line, i) => (
          <div className={`dec${i === at ? " on" : ""}`} key={line.id} data-row={i}>
            <div>
              <h3><LinePill line={line} />{line.title}</h3>
              <div className="meta"><span>{line.track}</span><span aria-hidden="true">·</span>{line.owner && <><span className="who"><Avatar name={nameOf(line.owner)} />{nameOf(line.owner)}</span><span aria-hidden="true">·</span></>}<span>{line.due_at ? `due ${format.date(line.due_at)}` : "no date"}</span>{line.evidence && <><span aria-hidden="true">·</span><Evidence text={line.evidence} /></>}{line.done_at && <><span aria-hidden="true">·</span><span>{line.done_by}{line.checked_by ? `, checked by ${line.checked_by}` : ""}</span></>}</div>
            </div>
            <div className="act">
              {!line.done_at && <Button disabled={!may} title={may ? undefined : NO_RIGHT} onClick={() => setAsking(line)}>Done…</Button>}
              {line.done_at && !line.green && <Button primary disabled={!may} title={may ? undefined : NO_RIGHT} onClick={() => void send(() => ask(confirmItem({ path: path(line) })), "Confirmed")}>Confirm</Button>}
              {line.done_at && <Button quiet disabled={!may} title={may ? undefined : NO_RIGHT} onClick={() => void send(() => reopen(line), "Open again")}>Open again</Button>}
            </div>
          </div>
        ))}
      </div>
      {asking && <ReasonDialog title={asking.title} label="Evidence" hint="A link, a ref such as work:checklist-3, or what was measured with its limit." confirm="Done" onConfirm={(text) => void check(asking, text)} onClose={() => setAsking(null)} />}
    </>
  );
}

function LinePill({ line }: { line: Line }) {
  if (line.green) return <Pill tone="good">done</Pill>;
  if (line.done_at) return <Pill tone="info">to confirm</Pill>;
  const late = line.due_at && format.instant(line.due_at) < format.now();
  return <Pill tone={late ? "bad" : "plain"}>{late ? "late" : "open"}</Pill>;
}

function Evidence({ text }: { text: string }) {
  if (/^https?:\/\//.test(text)) return <Go className="ev" href={text}>evidence</Go>;
  if (/^[a-z]+:\S+$/.test(text)) return <RefLink of={text} />;
  return <span>{text}</span>;
}
