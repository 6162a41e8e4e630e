/** Opens a request, with the item of feedback that led to it already filed. */
import { Modal } from "@mantine/core";
import { post } from "@/api/client";
import { Button } from "@/components/basics";
import { AreaField, formValues, TextField, useSend } from "@/components/Form";
import type { Item, Request } from "./types";

export function NewRequestDialog({ item, onClose }: { item?: Item; onClose: () => void }) {
  const { send, busy, error } = useSend();
  const submit = async (form: HTMLFormElement) => {
    const body = { ...formValues(form), feedback: item ? [item.feedback_id] : [] };
    if (await send(() => post<Request>("/api/feedback/requests", body), item ? "Request opened, and the item filed to it." : "Request opened.")) onClose();
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
