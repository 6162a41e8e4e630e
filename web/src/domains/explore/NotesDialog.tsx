/** Notes at days, drawn on every chart over time: those of people, which can be changed, and those of releases and experiments. */
import { Modal } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { addAnnotation, chartNotes, deleteAnnotation, restoreAnnotation } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { useMay, useName } from "@/app/session";
import { Answer, Button, Failed, Pill } from "@/components/basics";
import { formValues, useSend } from "@/components/Form";
import { Go } from "@/components/Go";
import * as format from "@/lib/format";
import type { Note, Question } from "./types";
import { useUndoable } from "./undo";

const DAY = 86_400_000;
const LENGTH = { hour: DAY / 24, day: DAY, week: 7 * DAY, month: 31 * DAY };
const iso = (moment: Date) => moment.toISOString().slice(0, 10);

function days(question: Question): { since: string; until: string } {
  const span = question.span;
  const until = span?.until?.slice(0, 10) || iso(format.now());
  const back = (span?.last ?? 30) * LENGTH[question.interval ?? "day"];
  return { since: span?.since?.slice(0, 10) || iso(new Date(format.now().getTime() - Math.max(back, 7 * DAY))), until };
}

export function NotesDialog({ question, scope, onClose }: { question: Question; scope: string; onClose: () => void }) {
  const may = useMay("member");
  const period = days(question);
  const asked = useAsk(chartNotes, { query: { ...period, scope } });
  const { send, busy, error } = useSend();
  const [here, setHere] = useState(false);
  const add = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const { day, text } = formValues<"day" | "text">(form);
    if (await send(() => ask(addAnnotation({ body: { day, text, scope: here ? scope : "" } })))) form.reset();
  };
  return (
    <Modal opened onClose={onClose} title="Notes on the chart" centered size="lg">
      <div className="stack">
        <Answer of={asked}>{(notes) => notes.length ? <div className="note-list" role="list">{[...notes].reverse().map((one) => <NoteLine key={one.id} note={one} may={may} />)}</div> : <p className="mut small">Nothing is noted on these days. What is written here stands on every chart over time.</p>}</Answer>
        {error && <Failed error={error} />}
        {may && (
          <form onSubmit={(event) => void add(event)}>
            <div className="row wrap note-form"><input className="input" type="date" name="day" required aria-label="Day" defaultValue={period.until} max="2200-12-31" /><input className="input grow" name="text" required maxLength={300} aria-label="What happened" placeholder="What happened on that day" data-autofocus /><Button primary type="submit" busy={busy}>Add</Button></div>
            {scope && <label className="q-tick" style={{ marginTop: 8 }}><input type="checkbox" checked={here} onChange={(event) => setHere(event.target.checked)} />only on this report</label>}
          </form>
        )}
      </div>
    </Modal>
  );
}

function NoteLine({ note, may }: { note: Note; may: boolean }) {
  const undoable = useUndoable();
  const nameOf = useName();
  const path = { annotation_id: note.id };
  return (
    <div className="note-line" role="listitem">
      <span className="mut num">{format.date(note.day)}</span>
      <span className="grow">{note.href ? <Go className="ev" href={note.href}>{note.text}</Go> : note.text}{note.made_by && <span className="mut small"> · {nameOf(note.made_by)}</span>}</span>
      {note.kind === "own" ? <>{note.scope && <Pill>this report</Pill>}{may && <Button quiet className="icon" icon="close" aria-label={`Delete the note “${note.text}”`} onClick={() => void undoable("Note deleted.", () => ask(deleteAnnotation({ path })), () => ask(restoreAnnotation({ path })))} />}</> : <Pill>{note.kind}</Pill>}
    </div>
  );
}
