/** Opens a request, with the item of feedback that led to it already filed. */
import { Modal } from "@mantine/core";
import { openFeedbackRequest, type NewRequest } from "@/api/generated";
import { ask } from "@/api/runtime";
import { Button } from "@/components/basics";
import { AreaField, formValues, TextField, useSend } from "@/components/Form";
import type { Item } from "./types";

export function NewRequestDialog({ item, onClose }: { item?: Item; onClose: () => void }) {
  const { send, busy, error } = useSend();
  const submit = async (form: HTMLFormElement) => {
    const body: NewRequest = { ...formValues<"title" | "body">(form), feedback: item ? [item.feedback_id] : [] };
    if (await send(() => ask(openFeedbackRequest({ body })), item ? "Request opened, and the item filed to it." : "Request opened.")) onClose();
  };
  return (
    <Modal opened onClose={onClose} title="New request" centered size="md">
      <form className="stack" onSubmit={(event) => { event.preventDefault(); void submit(event.currentTarget); }}>
        <TextField label="What people ask for" name="title" required maxLength={200} defaultValue={item?.title ?? ""} data-autofocus wrong={error?.message} />
        <AreaField label="In more words" name="body" defaultValue="" />
        <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button primary type="submit" busy={busy}>Open request</Button></div>
      </form>
    </Modal>
  );
}
