import { Drawer } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { bringBackTool, changeTool, retireTool } from "@/api/generated";
import { ask } from "@/api/runtime";
import { useMay } from "@/app/session";
import { toast, toastError } from "@/app/toast";
import { Button, Pill } from "@/components/basics";
import { useSend } from "@/components/Form";
import { Go } from "@/components/Go";
import * as format from "@/lib/format";
import { ToolDialog } from "./ToolDialog";
import { TONES, type Tool } from "./types";

/** One tool beside the list: what is known, and what may be done. */
export function ToolDrawer({ tool, onClose }: { tool: Tool; onClose: () => void }) {
  const [editing, setEditing] = useState(false);
  const { send, busy } = useSend();
  const cache = useQueryClient();
  const may = useMay("member");
  const why = may ? undefined : "Members may change tools; ask an owner for the role.";
  const path = { tool_id: tool.id };
  const retire = async () => {
    if (!await send(() => ask(retireTool({ path })))) return;
    toast(`${tool.title} is retired`, { undo: () => void ask(bringBackTool({ path })).then(() => cache.invalidateQueries(), toastError) });
    onClose();
  };
  const facts: [string, string | null][] = [
    ["For", tool.capability], ["Owner", tool.owner], ["Backup", tool.backup],
    ["Cost a year", tool.cost === null ? null : format.value(tool.cost, "money")],
    ["Seats", tool.seats === null ? null : format.number(tool.seats)],
    ["Active users", tool.active === null ? null : `${format.number(tool.active)}${tool.used === null ? "" : ` (${format.value(tool.used, "share")})`}`],
    ["Renews", tool.renewal_at && format.value(tool.renewal_at, "date")],
    ["Notice by", tool.notice_at && format.value(tool.notice_at, "date")],
    ["Holds", tool.data_held || null], ["Source", tool.connector || null],
  ];
  return (
    <Drawer opened onClose={onClose} position="right" size="min(480px, 96vw)" title={tool.title}>
      <div className="stack">
        <div className="row wrap"><Pill tone={TONES[tool.state]}>{tool.state}</Pill><span className="mut small">{tool.words}</span></div>
        <table className="tbl"><tbody>{facts.map(([label, value]) => <tr key={label}><th scope="row" className="mut">{label}</th><td>{value ?? <span className="mut">not known</span>}</td></tr>)}</tbody></table>
        <div className="row wrap">
          <Button disabled={!may} title={why} onClick={() => setEditing(true)}>Change</Button>
          <Button danger busy={busy} disabled={!may} title={why} onClick={() => void retire()}>Retire</Button>
          <Go className="btn" href={`/trace/${encodeURIComponent(`tool:${tool.id}`)}`}>Trace</Go>
        </div>
      </div>
      {editing && <ToolDialog tool={tool} onClose={() => setEditing(false)} onSave={(values) => ask(changeTool({ path, body: values }))} />}
    </Drawer>
  );
}
