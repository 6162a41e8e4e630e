/** The go decision: says what will happen, then does it; taken back with one click. */
import { Modal } from "@mantine/core";
import { useState } from "react";
import { publish as goPublic, unpublish } from "@/api/generated";
import { ask } from "@/api/runtime";
import { useMay } from "@/app/session";
import { toast } from "@/app/toast";
import { Button } from "@/components/basics";
import { AreaField, useSend } from "@/components/Form";
import * as format from "@/lib/format";
import { NO_RIGHT, type Release } from "./types";

export function Publish({ release }: { release: Release }) {
  const may = useMay("member");
  const { send, busy } = useSend();
  const [asking, setAsking] = useState(false);
  const [note, setNote] = useState("");
  const path = { release_id: release.release };
  const back = () => void send(() => ask(unpublish({ path })), "The notes are no longer public. Mail that went out stays sent.");
  if (release.state === "published") return <Button disabled={!may || busy} title={may ? undefined : NO_RIGHT} onClick={back}>Take back</Button>;
  const publish = async () => {
    const done = await send(() => ask(goPublic({ path, body: { note } })));
    setAsking(false);
    if (done) toast("Published. Requesters and subscribers are being told.", { undo: back });
  };
  const open = release.ready_total - release.ready_done;
  const needsNote = release.tier === 1 && open > 0 && !note.trim();
  const silent = release.tier === 4;
  const unwritten = !silent && !release.notes.customers?.trim();
  return (
    <>
      <Button primary disabled={!may || unwritten} title={!may ? NO_RIGHT : unwritten ? "There are no notes for customers yet: draft them under Notes." : undefined} onClick={() => setAsking(true)}>Publish…</Button>
      <Modal opened={asking} onClose={() => setAsking(false)} title={`Publish ${release.version}?`} centered size="md">
        <form className="stack" onSubmit={(event) => { event.preventDefault(); void publish(); }}>
          <div className="md"><ul>
            <li><b>{format.count(release.requesters, "requester")}</b> will be told that what they asked for is here.</li>
            <li><b>{format.count(release.subscribers, "subscriber")}</b> will get the notes.</li>
            {release.requests.length > 0 && <li>{format.count(release.requests.length, "request")} will be set to released.</li>}
            {!silent && <li>The notes for customers appear in the public feed.</li>}
            {release.ready_total > 0 && <li className={open ? "warn" : "good"}>Checklist: {release.ready_done} of {release.ready_total} done{open ? `, ${open} open` : ""}.</li>}
          </ul></div>
          <AreaField label="Go, because" rows={2} value={note} onChange={(event) => setNote(event.target.value)} hint={needsNote ? "A major release with open lines needs a reason." : "Kept in the log with the decision. May be empty."} />
          <div className="form-foot"><Button onClick={() => setAsking(false)}>Not yet</Button><Button primary type="submit" busy={busy} disabled={needsNote}>Publish</Button></div>
        </form>
      </Modal>
    </>
  );
}
