import { Modal } from "@mantine/core";
import { send as sendSheet } from "@/api/generated";
import { ask } from "@/api/runtime";
import type { Cadence } from "@/api/types";
import { Button, Failed } from "@/components/basics";
import { formValues, TextField, useSend } from "@/components/Form";

/** Sends the sheet as mail to addresses, now. */
export default function SendDialog({ cadence, onClose }: { cadence: Cadence; onClose: () => void }) {
  const { send, busy, error } = useSend();
  const submit = async (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { to = "" } = formValues(event.currentTarget);
    const addresses = to.split(/[\s,;]+/).filter(Boolean);
    if (await send(() => ask(sendSheet({ body: { cadence, to: addresses } })), "The sheet is on its way")) onClose();
  };
  return (
    <Modal opened onClose={onClose} title="Send the call sheet" centered size="md">
      <form className="stack" onSubmit={(event) => void submit(event)}>
        {error && <Failed error={error} />}
        <TextField label="To" name="to" required data-autofocus placeholder="team@example.com, ada@example.com" hint="Addresses, separated by commas. Subscriptions send it by themselves: People, Subscriptions." />
        <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button primary type="submit" busy={busy}>Send</Button></div>
      </form>
    </Modal>
  );
}
