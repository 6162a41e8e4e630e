/** Records what somebody said in a call or a meeting, as a fact. */
import { Modal } from "@mantine/core";
import { recordFeedbackItem } from "@/api/generated";
import { ask } from "@/api/runtime";
import { Button } from "@/components/basics";
import { AreaField, formValues, SelectField, TextField, useSend } from "@/components/Form";

export function RecordDialog({ onClose }: { onClose: () => void }) {
  const { send, busy, error } = useSend();
  const submit = async (form: HTMLFormElement) => {
    if (await send(() => ask(recordFeedbackItem({ body: formValues<"body" | "account_id" | "channel" | "kind">(form) })), "Recorded. It waits in the inbox.")) onClose();
  };
  return (
    <Modal opened onClose={onClose} title="Record feedback" centered size="md">
      <form className="stack" onSubmit={(event) => { event.preventDefault(); void submit(event.currentTarget); }}>
        <AreaField label="What was said" name="body" required hint="In their words." data-autofocus wrong={error?.message} />
        <TextField label="Account" name="account_id" placeholder="acc-00012" hint={error ? error.mend : "The account's id, if it is known."} />
        <div className="row"><div className="grow"><SelectField label="Channel" name="channel" options={["call", "meeting", "mail", "support", "interview"]} /></div><div className="grow"><SelectField label="Kind" name="kind" options={["idea", "bug", "question", "praise"]} /></div></div>
        <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button primary type="submit" busy={busy}>Record</Button></div>
      </form>
    </Modal>
  );
}
