/** Persons who were removed on request, each with its proof; and asking for it. */
import { Modal } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { deletePerson, deletion, deletions, tryDeletionAgain, type Deletion, type RemovalAsked } from "@/api/generated";
import { ApiError } from "@/api/client";
import { ask, useAsk } from "@/api/runtime";
import { useName } from "@/app/session";
import { toastError } from "@/app/toast";
import { Answer, Button, Empty, Pill } from "@/components/basics";
import { DataTable } from "@/components/DataTable";
import { AreaField, formValues, TextField, useSend } from "@/components/Form";
import { Progress } from "@/components/Progress";
import * as format from "@/lib/format";

const TONE: Record<string, string> = { done: "good", left: "warn", failed: "bad", running: "info", asked: "info" };

export function Deletions() {
  const asked = useAsk(deletions, { query: { size: 100 } });
  const [open, setOpen] = useState("");
  return (
    <Answer of={asked}>{(page) => (
      <>
        {page.items.length ? (
          <div className="card whos">{page.items.map((one) => (
            <button type="button" className="who-row" key={one.id} onClick={() => setOpen(one.id)} style={{ width: "100%", textAlign: "left", background: "none", border: 0, cursor: "pointer" }}>
              <span className="stack tight"><span>{one.reason}</span><span className="sub mono">{one.hashes[0]?.slice(0, 16)}</span></span>
              <span className="row"><span className="mut small num">{format.dateTime(one.asked_at)}</span><Pill tone={TONE[one.state]}>{one.state}</Pill></span>
            </button>
          ))}</div>
        ) : <div className="card"><Empty title="Nobody was removed">A person is removed from their page; the proof stays here.</Empty></div>}
        {open && <ProofDialog id={open} onClose={() => setOpen("")} />}
      </>
    )}</Answer>
  );
}

function ProofDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const asked = useAsk(deletion, { path: { deletion_id: id } });
  return <Modal opened onClose={onClose} title="Proof of removal" centered size="lg"><Answer of={asked}>{(one) => <Proof one={one} />}</Answer></Modal>;
}

export function Proof({ one }: { one: Deletion }) {
  const nameOf = useName();
  const { send, busy } = useSend();
  const [job, setJob] = useState<string | null>(null);
  const again = async () => setJob((await send(() => ask(tryDeletionAgain({ path: { deletion_id: one.id } }))))?.job_id ?? null);
  return (
    <div className="stack">
      <dl className="facts">
        <dt>State</dt><dd><Pill tone={TONE[one.state]}>{one.state}</Pill>{one.done_at && <span className="mut small"> {format.dateTime(one.done_at)}</span>}</dd>
        <dt>Asked by</dt><dd>{nameOf(one.asked_by)}, {format.dateTime(one.asked_at)}: {one.reason}</dd>
        <dt>Ids, as salted hashes</dt><dd className="mono small" style={{ overflowWrap: "anywhere" }}>{one.hashes.map((hash) => <div key={hash}>{hash}</div>)}</dd>
        {one.done_at && <><dt>Searched at the end</dt><dd>{format.count(one.searched.files, "file")} of the workspace, {format.number(one.searched.bytes / 1e6, 1)} MB: {one.searched.found ? <span className="down">{format.count(one.searched.found, "file")} still name the person</span> : "no id was found"}</dd></>}
      </dl>
      {one.left.length > 0 && <div className="alert warn"><span>Left as they are: files that still name the person, and places where another value equals an id that is a number or short: <span className="mono">{one.left.join(", ")}</span></span></div>}
      {one.error && <div className="alert" role="alert"><span className="grow">{one.error}</span><Button busy={busy} onClick={() => void again()}>Try again</Button></div>}
      {job && <Progress job={job} label="Removing" />}
      {one.places.length > 0 && <DataTable label="Places" keys={false} rows={one.places.map((place) => ({ ...place, place: format.humanise(place.place) }))} columns={[{ key: "place", label: "Place" }, { key: "before", label: "Rows before", unit: "rows" }, { key: "after", label: "After", unit: "rows" }]} />}
    </div>
  );
}

export function DeleteDialog({ id, onClose, onAsked }: { id: string; onClose: () => void; onAsked: (asked: RemovalAsked) => void }) {
  const [busy, setBusy] = useState(false); // nothing is asked anew: the page's person would be gone
  const [error, setError] = useState<ApiError | null>(null);
  const [typed, setTyped] = useState("");
  const remove = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const body = formValues<"reason" | "confirm">(event.currentTarget);
    try {
      setBusy(true);
      onAsked(await ask(deletePerson({ path: { person_id: id }, body })));
    } catch (problem) {
      if (problem instanceof ApiError && problem.status === 422) setError(problem);
      else toastError(problem);
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title="Remove this person everywhere" centered size="lg">
      <form className="stack" onSubmit={(event) => void remove(event)}>
        {error && <div className="alert" role="alert"><div><b>{error.message}</b><div className="sub">{error.mend}</div></div></div>}
        <div className="alert warn"><span>Events, traits, merges, raw input, letters and every mention of an id go. This cannot be undone. Feedback stays without the person, and nothing more is taken in of these ids.</span></div>
        <AreaField label="Why?" name="reason" required data-autofocus hint="Who asked for it and when. It is kept as proof: write it without names and ids." />
        <TextField label={`Type ${id} to confirm`} name="confirm" required autoComplete="off" onChange={(event) => setTyped(event.target.value.trim())} />
        <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button danger type="submit" busy={busy} disabled={typed !== id}>Remove everywhere</Button></div>
      </form>
    </Modal>
  );
}

export function Removing({ asked, onClose }: { asked: RemovalAsked; onClose: () => void }) {
  const [over, setOver] = useState(!asked.job_id);
  const proof = useAsk(deletion, over ? { path: { deletion_id: asked.id } } : null);
  return (
    <Modal opened onClose={onClose} title={over ? "Proof of removal" : "Removing"} centered size="lg">
      {over ? <Answer of={proof}>{(one) => <Proof one={one} />}</Answer> : <Progress job={asked.job_id ?? ""} label="Removing the person" onDone={() => setOver(true)} />}
    </Modal>
  );
}
