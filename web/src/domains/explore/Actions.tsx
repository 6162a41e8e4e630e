/** What can be done with a question: keep it, put it on a board, give it away, watch it, note something on its chart. */
import { Menu } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { changeReport, csv, deleteReport, duplicateReport, restoreReport, usageChart } from "@/api/generated";
import { ask } from "@/api/runtime";
import { useColors } from "@/app/colors";
import { useMay } from "@/app/session";
import { toastError } from "@/app/toast";
import { Button } from "@/components/basics";
import { useSend } from "@/components/Form";
import * as format from "@/lib/format";
import { download } from "@/lib/table";
import { AlertDialog } from "./AlertDialog";
import { BoardDialog } from "./BoardDialog";
import { NotesDialog } from "./NotesDialog";
import { sent, sentence, written } from "./question";
import { restsWords } from "./Rests";
import { SaveDialog } from "./SaveDialog";
import { ShareDialog } from "./ShareDialog";
import { NO_RIGHT, reportHref, type Answered, type Question, type SavedOut } from "./types";
import { useUndoable } from "./undo";
import { answerKey } from "./useAnswer";

/** Kinds whose charts are as high as they have rows. */
const OWN_HEIGHT = new Set(["funnel", "retention", "paths", "rhythm"]);

type Opened = "" | "save" | "name" | "share" | "board" | "notes" | "alert";

export function Actions({ question, report }: { question: Question; report?: SavedOut }) {
  const may = useMay("member");
  const { dark } = useColors();
  const { history } = useRouter();
  const { send, busy } = useSend();
  const undoable = useUndoable();
  const cache = useQueryClient();
  const [opened, setOpened] = useState<Opened>("");
  const close = () => setOpened("");
  const asked = sent(question);
  const edited = report !== undefined && written(asked) !== written(sent(report.question as unknown as Question));
  const path = report && { report_id: report.id };
  const name = report?.name ?? question.kind;
  const update = async () => {
    if (await send(() => ask(changeReport({ path: path!, body: { question: asked as never } })), "Updated")) history.replace(reportHref(report!.id));
  };
  const copy = async () => {
    const made = await send(() => ask(duplicateReport({ path: path! })), "Duplicated");
    if (made) history.push(reportHref(made.id));
  };
  const remove = async () => {
    if (await undoable(`“${name}” deleted.`, () => ask(deleteReport({ path: path! })), () => ask(restoreReport({ path: path! })))) history.push("/explore/reports");
  };
  const asCsv = () => ask(csv({ body: asked as never, parseAs: "text" })).then((text) => download(`${name}.csv`, text as string), toastError);
  const asPng = () => ask(usageChart({ body: asked as never, query: { format: "png", theme: dark ? "dark" : "light", width: 1200, height: OWN_HEIGHT.has(question.kind) ? undefined : 480, scope: report ? `report:${report.id}` : "", ...pictureWords(name, asked, report, cache.getQueryData<Answered>(answerKey(asked))) }, parseAs: "blob" })).then((picture) => saveBlob(`${name}.png`, picture as Blob), toastError);
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target><Button>More ▾</Button></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setOpened("notes")}>Notes on the chart…</Menu.Item>
          {question.kind === "trends" && <Menu.Item disabled={!may} onClick={() => setOpened("alert")}>Alert…</Menu.Item>}
          <Menu.Item onClick={asCsv}>Table as CSV</Menu.Item>
          <Menu.Item onClick={asPng}>Chart as PNG</Menu.Item>
          {report && <><Menu.Divider /><Menu.Item disabled={!may} onClick={() => setOpened("name")}>Name and line…</Menu.Item><Menu.Item disabled={!may} onClick={() => setOpened("board")}>Add to a board…</Menu.Item><Menu.Item disabled={!may} onClick={() => setOpened("share")}>Share a link…</Menu.Item><Menu.Item disabled={!may} onClick={() => void copy()}>Duplicate</Menu.Item>{edited && <Menu.Item disabled={!may} onClick={() => setOpened("save")}>Save as another…</Menu.Item>}<Menu.Item color="red" disabled={!may} onClick={() => void remove()}>Delete</Menu.Item></>}
        </Menu.Dropdown>
      </Menu>
      {report ? <Button primary={edited} disabled={!may || !edited} title={may ? (edited ? undefined : "As it is saved") : NO_RIGHT} busy={busy} onClick={() => void update()}>Update</Button>
        : <Button primary disabled={!may} title={may ? undefined : NO_RIGHT} onClick={() => setOpened("save")}>Save…</Button>}
      {opened === "save" && <SaveDialog question={asked} onClose={close} />}
      {opened === "name" && report && <SaveDialog question={asked} report={report} onClose={close} />}
      {opened === "share" && report && <ShareDialog noun="report" of={report} onClose={close} />}
      {opened === "board" && report && <BoardDialog report={report} onClose={close} />}
      {opened === "notes" && <NotesDialog question={asked} scope={report ? `report:${report.id}` : ""} onClose={close} />}
      {opened === "alert" && asked.kind === "trends" && <AlertDialog question={asked} onClose={close} />}
    </>
  );
}

/** Kinds that their question in words does not tell. */
const TITLED: Partial<Record<Question["kind"], string>> = { funnel: "Funnel", retention: "Retention", lifecycle: "Lifecycle", stickiness: "Stickiness" };

/** What stands around the picture of a chart, so that it says by itself what it shows. */
function pictureWords(name: string, asked: Question, report: SavedOut | undefined, answered: Answered | undefined) {
  const words = sentence(asked);
  const foot = [answered && restsWords(answered, asked), `${format.date(format.now().toISOString(), "long")}`].filter(Boolean).join(" · ");
  return report ? { title: name, line: [report.line, words].filter(Boolean).join(" · "), foot } : { title: [TITLED[asked.kind], words].filter(Boolean).join(": "), line: "", foot };
}

function saveBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
