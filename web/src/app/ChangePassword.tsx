/** Changes one's own password, from the menu under one's name. */
import { Modal } from "@mantine/core";
import { changePassword } from "@/api/generated";
import { ask } from "@/api/runtime";
import { Button, Failed } from "@/components/basics";
import { TextField, useSend } from "@/components/Form";

export function ChangePassword({ onClose }: { onClose: () => void }) {
  const { send, busy, error } = useSend();
  const submit = async (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget); // not trimmed: a space may be part of a password
    const body = { current: String(given.get("current")), new: String(given.get("new")) };
    if (await send(() => ask(changePassword({ body })), "Your password is changed; other sessions have ended")) onClose();
  };
  return (
    <Modal opened onClose={onClose} title="Change your password" centered size="sm">
      <form className="stack" onSubmit={(event) => void submit(event)}>
        {error && <Failed error={error} />}
        <TextField label="Current password" name="current" type="password" required autoComplete="current-password" data-autofocus />
        <TextField label="New password" name="new" type="password" minLength={10} required autoComplete="new-password" hint="At least 10 characters." />
        <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button primary type="submit" busy={busy}>Change</Button></div>
      </form>
    </Modal>
  );
}
