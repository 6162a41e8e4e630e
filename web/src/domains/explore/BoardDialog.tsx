/** Putting a saved report on a board, or on a new one. */
import { Modal } from "@mantine/core";
import { useState } from "react";
import { addBoard, boards, changeBoard } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { toast } from "@/app/toast";
import { Answer, Button, Failed } from "@/components/basics";
import { SelectField, TextField, useSend } from "@/components/Form";
import { useRouter } from "@tanstack/react-router";
import { boardHref, type SavedOut, type Tile } from "./types";

export function BoardDialog({ report, onClose }: { report: SavedOut; onClose: () => void }) {
  const asked = useAsk(boards, { query: { size: 500 } });
  const { send, busy, error } = useSend();
  const { history } = useRouter();
  const [id, setId] = useState<string | null>(null);
  const [name, setName] = useState("");
  return (
    <Modal opened onClose={onClose} title={`Add “${report.name}” to a board`} centered size="md">
      <Answer of={asked}>
        {(page) => {
          const chosen = id ?? page.items[0]?.id ?? "";
          const add = async () => {
            const tile: Tile = { kind: "report", report: report.id, size: "wide" };
            const of = page.items.find((one) => one.id === chosen);
            const made = await send(() => (of ? ask(changeBoard({ path: { board_id: of.id }, body: { tiles: [...of.tiles, tile] } })) : ask(addBoard({ body: { name: name.trim(), tiles: [tile] } }))));
            if (!made) return;
            toast(`On “${made.name}”.`, { undo: () => history.push(boardHref(made.id)), undoLabel: "Open" });
            onClose();
          };
          return (
            <form className="stack" onSubmit={(event) => { event.preventDefault(); void add(); }}>
              {error && <Failed error={error} />}
              <SelectField label="Board" value={chosen} data-autofocus onChange={(event) => setId(event.target.value)} options={[...page.items.map((one) => ({ value: one.id, label: one.name })), { value: "", label: "A new board" }]} />
              {chosen === "" && <TextField label="Its name" required value={name} onChange={(event) => setName(event.target.value)} />}
              <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button primary type="submit" busy={busy}>Add</Button></div>
            </form>
          );
        }}
      </Answer>
    </Modal>
  );
}
