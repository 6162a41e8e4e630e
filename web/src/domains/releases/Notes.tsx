/** The notes, one text an audience, with what the reader will see beside it. */
import { useEffect, useState } from "react";
import { draftNotes, writeNotes } from "@/api/generated";
import { ask } from "@/api/runtime";
import { useMay } from "@/app/session";
import { Button, Empty, Failed, Segments } from "@/components/basics";
import { AreaField, TextField, useSend } from "@/components/Form";
import { Markdown } from "@/components/Markdown";
import * as format from "@/lib/format";
import { useUrlState } from "@/lib/url";
import { AUDIENCES, NO_RIGHT, type Release } from "./types";

export function Notes({ release }: { release: Release }) {
  const may = useMay("member");
  const { send, busy, error } = useSend();
  const [audience, setAudience] = useUrlState("audience", "customers");
  const [text, setText] = useState(release.notes[audience] ?? "");
  const [title, setTitle] = useState(release.title);
  useEffect(() => { setText(release.notes[audience] ?? ""); setTitle(release.title); }, [release.notes, release.title, audience]);
  const changed = text !== (release.notes[audience] ?? "") || title !== release.title;
  const path = { release_id: release.release };
  const save = () => send(() => ask(writeNotes({ path, body: { notes: { [audience]: text }, title } })), "Saved");
  const draft = () => send(() => ask(draftNotes({ path })), "Drafted from what the release holds; read it before it goes out");
  return (
    <div className="stack">
      {error && <Failed error={error} />}
      <div className="tools">
        <Segments label="Audience" value={audience} onChange={setAudience} options={AUDIENCES.map((one) => ({ value: one as string, label: `${format.humanise(one)}${release.notes[one] ? "" : " ○"}` }))} />
        <span className="grow" />
        <Button onClick={() => void draft()} disabled={!may || busy} title={may ? "Fills in audiences that have no notes yet" : NO_RIGHT}>Draft</Button>
        <Button primary onClick={() => void save()} disabled={!may || !changed} busy={busy} title={may ? undefined : NO_RIGHT}>Save</Button>
      </div>
      <div className="two">
        <div className="stack">
          <TextField label="Title" value={title} onChange={(event) => setTitle(event.target.value)} readOnly={!may} maxLength={200} />
          <AreaField label={`For ${audience}`} rows={18} value={text} onChange={(event) => setText(event.target.value)} readOnly={!may} hint="Markdown. Say what changed for the reader, not which files moved." />
        </div>
        <div>
          <div className="field"><span className="mut small">As they read it</span></div>
          <div className="card pad">{text.trim() ? <Markdown>{text}</Markdown> : <Empty title={`Nothing for ${audience} yet`} action={may ? { label: "Draft", onClick: () => void draft() } : undefined}>A draft is made from what the release holds; you edit it.</Empty>}</div>
          <p className="coverage">{release.written_at ? `Written by ${release.written_by} ${format.ago(release.written_at)}` : "Not written yet"}{release.reviewed_by ? ` · reviewed by ${release.reviewed_by}` : ""}</p>
        </div>
      </div>
    </div>
  );
}
