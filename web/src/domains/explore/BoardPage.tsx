/** A board: its tiles in a grid; arranged by dragging, or with Space and the arrow keys. */
import { Menu } from "@mantine/core";
import { useParams, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { board, changeBoard, deleteBoard, restoreBoard, savedReports } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { useMay, useName } from "@/app/session";
import { Answer, Button, Empty } from "@/components/basics";
import { useSend } from "@/components/Form";
import { Head, Page } from "@/components/Page";
import { Typed } from "@/components/Typed";
import * as format from "@/lib/format";
import { useUrlState } from "@/lib/url";
import { Arrange } from "./Arrange";
import { ShareDialog } from "./ShareDialog";
import { TileCard } from "./TileCard";
import { NO_RIGHT, type BoardOut, type SavedOut } from "./types";
import { useUndoable } from "./undo";
import "./explore.css";

export default function BoardPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const asked = useAsk(board, { path: { board_id: id } });
  const reports = useAsk(savedReports, { query: { size: 500 } });
  return (
    <Answer of={asked} loading={<Page title="Board" width="wide"><h1 className="vh">Board</h1></Page>}>
      {(found) => <Answer of={reports}>{(page) => <Board key={found.id} board={found} reports={page.items} />}</Answer>}
    </Answer>
  );
}

function Board({ board: shown, reports }: { board: BoardOut; reports: SavedOut[] }) {
  const may = useMay("member");
  const nameOf = useName();
  const { history } = useRouter();
  const { send, busy } = useSend();
  const undoable = useUndoable();
  const [arranging, setArranging] = useUrlState("arrange", false);
  const [sharing, setSharing] = useState(false);
  const path = { board_id: shown.id };
  const change = (body: Parameters<typeof changeBoard>[0]["body"], said?: string) => send(() => ask(changeBoard({ path, body })), said);
  const remove = async () => {
    if (await undoable(`“${shown.name}” deleted.`, () => ask(deleteBoard({ path })), () => ask(restoreBoard({ path })))) history.push("/explore/boards");
  };
  const actions = (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target><Button>More ▾</Button></Menu.Target>
        <Menu.Dropdown><Menu.Item disabled={!may} onClick={() => setSharing(true)}>Share a link…</Menu.Item><Menu.Item color="red" disabled={!may} onClick={() => void remove()}>Delete</Menu.Item></Menu.Dropdown>
      </Menu>
      {!arranging && <Button primary disabled={!may} title={may ? undefined : NO_RIGHT} onClick={() => setArranging(true)}>Arrange</Button>}
    </>
  );
  return (
    <Page title={shown.name} width="wide" crumbs={[{ label: "Explore", href: "/explore" }, { label: "Boards", href: "/explore/boards" }]} actions={actions}>
      {arranging && may ? (
        <>
          <h1 className="vh">Arrange {shown.name}</h1>
          <div className="row wrap board-names"><Typed className="board-name" label="Name of the board" value={shown.name} onTake={(name) => void change({ name })} /><Typed className="grow" label="For what" placeholder="For what" value={shown.line} onTake={(line) => void change({ line })} /></div>
          <Arrange key={JSON.stringify(shown.tiles)} tiles={shown.tiles} reports={reports} busy={busy} onDone={async (tiles) => { if (!tiles || (await change({ tiles }, "Kept"))) setArranging(false); }} />
        </>
      ) : (
        <>
          <Head title={shown.name} sub={<>{shown.line} <span className="mut small">· {nameOf(shown.owner)}, {format.ago(shown.changed_at)}{shown.shared_until ? ` · shared until ${format.date(shown.shared_until)}` : ""}</span></>} />
          {shown.archived_at && <div className="alert warn" style={{ marginBottom: 14 }}><div className="grow">This board was deleted {format.ago(shown.archived_at)}.</div><Button busy={busy} onClick={() => void send(() => ask(restoreBoard({ path })), "Restored")}>Restore</Button></div>}
          {shown.tiles.length ? <div className="tiles">{shown.tiles.map((tile, i) => <TileCard key={`${i}-${tile.report ?? ""}`} tile={tile} report={reports.find((one) => one.id === tile.report)} />)}</div>
            : <div className="card"><Empty title="An empty board" action={may ? { label: "Put reports on it", onClick: () => setArranging(true) } : undefined}>Saved reports and words, side by side.</Empty></div>}
        </>
      )}
      {sharing && <ShareDialog noun="board" of={shown} onClose={() => setSharing(false)} />}
    </Page>
  );
}
