/** Merges of ids: who said that they are one person, and taking that back with a look at what splits. */
import { Modal } from "@mantine/core";
import { keepPreviousData } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { merge, merges, mergeSplit, undoMerge, type MergeOut } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { useMay, useName } from "@/app/session";
import { Answer, Button, Empty, Failed, Pill } from "@/components/basics";
import { DataTable, SearchBox, useView, type TableColumn } from "@/components/DataTable";
import { formValues, TextField, useSend } from "@/components/Form";
import { Go } from "@/components/Go";
import * as format from "@/lib/format";
import { NO_RIGHT, personHref } from "./types";
import { useSourceName } from "./events/names";

const HOW: Record<string, string> = { identify: "signed in", alias: "alias", manual: "by hand" };

export function MergeWords({ one }: { one: Pick<MergeOut, "from_id" | "into_id"> }) {
  return <span className="mono small" style={{ overflowWrap: "anywhere" }}><Go className="ev" href={personHref(one.from_id)}>{one.from_id}</Go> = <Go className="ev" href={personHref(one.into_id)}>{one.into_id}</Go></span>;
}

export function MergeState({ one }: { one: MergeOut }) {
  const nameOf = useName();
  if (one.undone_at) return <Pill>undone by {nameOf(one.undone_by ?? "")}</Pill>;
  return one.refused ? <Pill tone="warn">refused</Pill> : <Pill tone="good">{HOW[one.how] ?? one.how}</Pill>;
}

export function Merges({ state }: { state: "taken" | "refused" }) {
  const [view, setView] = useView("m.", 25);
  const [joining, setJoining] = useState(false);
  const may = useMay("member");
  const nameOf = useSourceName();
  const asked = useAsk(merges, { query: { state, page: view.page, size: view.size, sort: view.sort, q: view.q } }, { placeholderData: keepPreviousData });
  if (asked.error && !asked.data) return <Failed error={asked.error} retry={() => void asked.refetch()} />;
  const columns: TableColumn[] = [
    { key: "from_id", label: "Ids", render: (row) => <span style={{ display: "block", minWidth: 230 }}><MergeWords one={row as unknown as MergeOut} /></span> },
    ...(state === "refused" ? [{ key: "why", label: "Why not" }] : [{ key: "how", label: "How", render: (row: unknown) => <MergeState one={row as MergeOut} /> } as TableColumn]),
    { key: "source", label: "Said by", render: (row) => nameOf(String(row.source ?? "")) }, { key: "merged_at", label: "When", unit: "time" },
    { key: "do", label: "", fixed: true, render: (row) => <MergeAction one={row as unknown as MergeOut} /> },
  ];
  return (
    <>
      <div className="tools"><SearchBox value={view.q} onChange={(q) => setView({ q })} label="Search merges" /><span className="grow" />{state === "taken" && <Button disabled={!may} title={may ? undefined : NO_RIGHT} onClick={() => setJoining(true)}>Merge two ids…</Button>}</div>
      <DataTable label={state === "taken" ? "Merges" : "Refused merges"} keys={false} columns={columns} rows={asked.data?.items} total={asked.data?.total} view={view} onView={setView}
        empty={state === "taken" ? <Empty title="No merges yet">When somebody signs in, the id of their device and their own become one person.</Empty> : <Empty title="No merge was refused">Placeholders such as null, ids shared by many, and two users signed in on one device would stand here.</Empty>} />
      {joining && <JoinDialog onClose={() => setJoining(false)} />}
    </>
  );
}

/** Undo for what holds, merge anyway for what was refused or undone. */
export function MergeAction({ one }: { one: MergeOut }) {
  const may = useMay("member");
  const { send, busy } = useSend();
  const [open, setOpen] = useState(false);
  if (!may) return null;
  if (!one.refused && !one.undone_at) return <><Button quiet onClick={() => setOpen(true)}>Undo…</Button>{open && <UndoDialog one={one} onClose={() => setOpen(false)} />}</>;
  if (one.refused === "forbidden_id") return null;
  return <Button quiet busy={busy} onClick={() => void send(() => ask(merge({ body: { one: one.from_id, other: one.into_id } })), "Merged")}>{one.refused ? "Merge anyway" : "Merge again"}</Button>;
}

function UndoDialog({ one, onClose }: { one: MergeOut; onClose: () => void }) {
  const asked = useAsk(mergeSplit, { path: { merge_id: one.merge_id } });
  const { send, busy } = useSend();
  const undo = async () => {
    if (await send(() => ask(undoMerge({ path: { merge_id: one.merge_id } })), "The merge is undone.")) onClose();
  };
  return (
    <Modal opened onClose={onClose} title="Undo this merge" centered size="lg">
      <div className="stack">
        <MergeWords one={one} />
        <Answer of={asked}>
          {(split) => split.persons.length > 1 ? (
            <>
              <p>It will be as if the merge had never been. There are {split.persons.length} persons then:</p>
              <div className="card whos">{split.persons.map((part) => (
                <div className="who-row" key={part.person_id}><span className="mono small" style={{ overflowWrap: "anywhere" }}>{part.ids.join(", ")}</span><span className="num mut small">{format.count(part.events, "event")}</span></div>
              ))}</div>
              <p className="sub">{format.count(split.events, "event")} {split.events === 1 ? "leaves" : "leave"} this person{split.reports ? `, and ${format.count(split.reports, "saved report")} that count people will be counted anew` : ""}. The SDK may repeat the merge: it stays undone until somebody merges the ids by hand.</p>
            </>
          ) : <p>Other merges hold these ids together: nothing splits.</p>}
        </Answer>
        <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button primary busy={busy} onClick={() => void undo()}>Undo the merge</Button></div>
      </div>
    </Modal>
  );
}

export function JoinDialog({ id, onClose }: { id?: string; onClose: () => void }) {
  const { send, busy, error } = useSend();
  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (await send(() => ask(merge({ body: formValues<"one" | "other">(event.currentTarget) })), "Merged")) onClose();
  };
  return (
    <Modal opened onClose={onClose} title="Merge two ids into one person" centered size="md">
      <form className="stack" onSubmit={(event) => void save(event)}>
        {error && <div className="alert" role="alert"><div><b>{error.message}</b><div className="sub">{error.mend}</div></div></div>}
        <TextField label="One id" name="one" required defaultValue={id} />
        <TextField label="The other" name="other" required data-autofocus hint="Any id of the other person. You can undo it later." />
        <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button primary type="submit" busy={busy}>Merge</Button></div>
      </form>
    </Modal>
  );
}
