/** A name and a line for a question, so that others find it and know what it shows. */
import { Modal } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { addReport, changeReport } from "@/api/generated";
import { ask } from "@/api/runtime";
import { Button, Failed } from "@/components/basics";
import { formValues, TextField, useSend } from "@/components/Form";
import { sentence } from "./question";
import { reportHref, type Question, type SavedOut } from "./types";

export function SaveDialog({ question, report, onClose }: { question: Question; report?: SavedOut; onClose: () => void }) {
  const { history } = useRouter();
  const { send, busy, error } = useSend();
  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { name, line } = formValues<"name" | "line">(event.currentTarget);
    const made = await send(() => (report ? ask(changeReport({ path: { report_id: report.id }, body: { name, line } })) : ask(addReport({ body: { name, line, question: question as never } }))), "Saved");
    if (!made) return;
    onClose();
    if (!report) history.push(reportHref(made.id));
  };
  return (
    <Modal opened onClose={onClose} title={report ? "Name and line" : "Save the question"} centered size="md">
      <form className="stack" onSubmit={(event) => void save(event)}>
        {error && <Failed error={error} />}
        <TextField label="Name" name="name" required data-autofocus defaultValue={report?.name} placeholder="Weekly active accounts" />
        <TextField label="What it shows, in plain words" name="line" defaultValue={report?.line} hint={sentence(question)} />
        <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button primary type="submit" busy={busy}>Save</Button></div>
      </form>
    </Modal>
  );
}
