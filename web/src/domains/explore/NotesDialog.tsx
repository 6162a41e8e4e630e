/** Notes at days, drawn on every chart over time: those of people, which can be changed, and those of releases and experiments. */
import { Modal } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { addAnnotation, changeAnnotation, chartNotes, deleteAnnotation, restoreAnnotation } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { useMay, useName } from "@/app/session";
import { Answer, Button, Failed, Pill } from "@/components/basics";
import { useFocusBack } from "@/components/focus";
import { formValues, useSend } from "@/components/Form";
import { Go } from "@/components/Go";
import * as format from "@/lib/format";
import type { Note, Question } from "./types";
import { useUndoable } from "./undo";

const DAY = 86_400_000;
const LENGTH = { minute: DAY / 1440, hour: DAY / 24, day: DAY, week: 7 * DAY, month: 31 * DAY };
const EVER = "1900-01-01";
const iso = (moment: Date) => moment.toISOString().slice(0, 10);

function days(question: Question): { since: string; until: string } {
  const span = question.span;
  const until = span?.until?.slice(0, 10) || iso(format.now());
  const back = (span?.last ?? 30) * LENGTH[question.interval ?? "day"];
  if (span?.since === "all") return { since: EVER, until };
  return { since: span?.since?.slice(0, 10) || iso(new Date(format.now().getTime() - Math.max(back, 7 * DAY))), until };
}

export function NotesDialog({ question, scope, onClose }: { question: Question; scope: string; onClose: () => void }) {
  const may = useMay("member");
  const period = days(question);
  const asked = useAsk(chartNotes, { query: { ...period, scope } });
  return (
    <Modal opened onClose={onClose} title="Notes on the chart" centered size="lg">
      <div className="stack">
        <Answer of={asked}>{(notes) => notes.length ? <div className="note-list" role="list">{[...notes].reverse().map((one) => <NoteLine key={one.id} note={one} may={may} scope={scope} />)}</div> : <p className="mut small">Nothing is noted on these days. What is written here stands on every chart over time.</p>}</Answer>
        {may && <NoteForm day={period.until} scope={scope} />}
      </div>
    </Modal>
  );
}

function NoteLine({ note, may, scope }: { note: Note; may: boolean; scope: string }) {
  const undoable = useUndoable();
  const nameOf = useName();
  const [changing, setChanging] = useState(false);
  const button = useFocusBack<HTMLButtonElement>(changing);
  const path = { annotation_id: note.id };
  const remove = async () => {
    await undoable("Note deleted.", () => ask(deleteAnnotation({ path })), () => ask(restoreAnnotation({ path })));
    document.querySelector<HTMLElement>(".note-form [data-autofocus]")?.focus();
  };
  if (changing) return <div role="listitem"><NoteForm note={note} day={note.day} scope={scope} onDone={() => setChanging(false)} /></div>;
  return (
    <div className="note-line" role="listitem">
      <span className="mut num">{format.date(note.day)}</span>
      <span className="grow">{note.href ? <Go className="ev" href={note.href}>{note.text}</Go> : note.text}{note.made_by && <span className="mut small"> · {nameOf(note.made_by)}</span>}</span>
      {note.kind !== "own" ? <Pill>{note.kind}</Pill> : (
        <>
          {note.scope && <Pill>this report</Pill>}
          {may && <><Button ref={button} quiet aria-label={`Change the note “${note.text}”`} onClick={() => setChanging(true)}>Change</Button><Button quiet className="icon" icon="close" aria-label={`Delete the note “${note.text}”`} onClick={() => void remove()} /></>}
        </>
      )}
    </div>
  );
}

interface NoteFormProps { note?: Note; day: string; scope: string; onDone?: () => void }

/** With `note`: changes it, else writes one. */
function NoteForm({ note, day, scope, onDone }: NoteFormProps) {
  const { send, busy, error } = useSend();
  const [here, setHere] = useState(Boolean(note?.scope));
  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const said = { ...formValues<"day" | "text">(form), scope: here ? scope || note?.scope || "" : "" };
    const kept = await send(() => (note ? ask(changeAnnotation({ path: { annotation_id: note.id }, body: said })) : ask(addAnnotation({ body: said }))));
    if (kept && note) onDone?.();
    else if (kept) form.reset();
  };
  const held = note ? { "data-mantine-stop-propagation": true } : {}; // Escape ends the change, not the dialog
  return (
    <form onSubmit={(event) => void save(event)} onKeyDown={(event) => { if (event.key === "Escape") onDone?.(); }}>
      {error && <Failed error={error} />}
      <div className={`row wrap note-form${note ? " note-line form" : ""}`}>
        <input className="input" type="date" name="day" required {...held} aria-label="Day" defaultValue={day} min={EVER} max="2200-12-31" />
        <input className="input grow" name="text" required {...held} maxLength={300} aria-label="What happened" placeholder="What happened on that day" defaultValue={note?.text} autoFocus={Boolean(note)} data-autofocus={note ? undefined : true} />
        {onDone && <Button onClick={onDone}>Cancel</Button>}
        <Button primary type="submit" busy={busy}>{note ? "Save" : "Add"}</Button>
      </div>
      {(scope || note?.scope) && <label className="q-tick" style={{ marginTop: 8 }}><input type="checkbox" checked={here} onChange={(event) => setHere(event.target.checked)} />only on this report</label>}
    </form>
  );
}
