/** Boards: reports side by side, for the same look each week. */
import { Modal } from "@mantine/core";
import { keepPreviousData } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { addBoard, boards, restoreBoard } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { useMay, useName } from "@/app/session";
import { Button, Empty, Failed } from "@/components/basics";
import { DataTable, SearchBox, useView, type TableColumn } from "@/components/DataTable";
import { formValues, TextField, useSend } from "@/components/Form";
import { Go } from "@/components/Go";
import { Page } from "@/components/Page";
import * as format from "@/lib/format";
import { useUrlState } from "@/lib/url";
import { ExploreTabs } from "@/components/ExploreTabs";
import { boardHref, NO_RIGHT } from "./types";
import "./explore.css";

export default function BoardsPage() {
  const [view, setView] = useView("", 50);
  const [archived, setArchived] = useUrlState("deleted", false);
  const [making, setMaking] = useState(false);
  const may = useMay("member");
  const nameOf = useName();
  const { send } = useSend();
  const asked = useAsk(boards, { query: { page: view.page, size: view.size, sort: view.sort, q: view.q, archived } }, { placeholderData: keepPreviousData });
  const columns: TableColumn[] = [
    { key: "name", label: "Board", render: (row) => <><Go className="plain" href={boardHref(String(row.id))}><b className="list-name">{String(row.name)}</b></Go>{row.line ? <div className="mut small">{String(row.line)}</div> : null}</> },
    { key: "tiles", label: "Tiles", fixed: true, align: "right", render: (row) => (row.tiles as unknown[]).length },
    { key: "owner", label: "Owner", render: (row) => nameOf(String(row.owner)) },
    { key: "changed_at", label: "Changed", render: (row) => <span title={format.dateTime(String(row.changed_at))}>{format.ago(String(row.changed_at))}</span> },
    ...(archived ? [{ key: "id", label: "", fixed: true, render: (row) => <Button disabled={!may} onClick={() => void send(() => ask(restoreBoard({ path: { board_id: String(row.id) } })), "Restored")}>Restore</Button> } satisfies TableColumn] : []),
  ];
  const add = <Button primary disabled={!may} title={may ? undefined : NO_RIGHT} onClick={() => setMaking(true)}>New board</Button>;
  return (
    <Page title="Boards" width="wide" crumbs={[{ label: "Explore", href: "/explore" }]} actions={add}>
      <h1 className="vh">Boards</h1>
      <ExploreTabs on="boards" />
      <div className="tools"><SearchBox value={view.q} onChange={(q) => setView({ q })} label="Search boards" /><label className="q-tick"><input type="checkbox" checked={archived} onChange={(event) => setArchived(event.target.checked)} />deleted ones</label><span className="grow" />{asked.data && <span className="mut small num">{format.count(asked.data.total, "board")}</span>}</div>
      {asked.error && !asked.data ? <Failed error={asked.error} retry={() => void asked.refetch()} /> : (
        <DataTable label="Boards" columns={columns} rows={asked.data?.items as never} total={asked.data?.total} view={view} onView={setView} href={archived ? undefined : (row) => boardHref(String(row.id))}
          empty={archived ? <Empty title="Nothing was deleted" /> : <Empty title="No boards yet" action={may ? { label: "New board", onClick: () => setMaking(true) } : undefined}>A board shows saved reports side by side, with words between them.</Empty>} />
      )}
      {making && <BoardForm onClose={() => setMaking(false)} />}
    </Page>
  );
}

function BoardForm({ onClose }: { onClose: () => void }) {
  const { history } = useRouter();
  const { send, busy, error } = useSend();
  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const made = await send(() => ask(addBoard({ body: formValues<"name" | "line">(event.target as HTMLFormElement) })), "Made");
    if (made) history.push(`${boardHref(made.id)}?arrange=1`);
  };
  return (
    <Modal opened onClose={onClose} title="New board" centered size="md">
      <form className="stack" onSubmit={(event) => void save(event)}>
        {error && <Failed error={error} />}
        <TextField label="Name" name="name" required data-autofocus placeholder="Monday" />
        <TextField label="For what" name="line" />
        <div className="form-foot"><Button onClick={onClose}>Cancel</Button><Button primary type="submit" busy={busy}>Make it</Button></div>
      </form>
    </Modal>
  );
}
