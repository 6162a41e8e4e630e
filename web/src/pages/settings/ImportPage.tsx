import { useParams, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { oneImport, quarantine, retryImport, type RowError, undoImport } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { useMay } from "@/app/session";
import { ErrorPage } from "@/app/status";
import { Answer, Button, Empty, Section } from "@/components/basics";
import { DataTable, type TableColumn } from "@/components/DataTable";
import { useSend } from "@/components/Form";
import { Head, Page } from "@/components/Page";
import { toast } from "@/app/toast";
import * as format from "@/lib/format";
import { flat } from "./ImportsPage";
import { CRUMBS } from "./tabs";

const TABLES: TableColumn[] = [{ key: "table", label: "Table" }, ...["rows", "inserted", "updated", "unchanged", "duplicates"].map((key) => ({ key, label: key[0]!.toUpperCase() + key.slice(1), align: "right" }))];

/** One import: what it did, what was set aside, mending that, and the undo of it all. */
export default function ImportPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const { history } = useRouter();
  const path = { import_id: id };
  const asked = useAsk(oneImport, { path });
  const aside = useAsk(quarantine, { path, query: { size: 200 } });
  const { send, busy } = useSend();
  const owner = useMay("owner");
  if (asked.error && !asked.data) return <ErrorPage error={asked.error} retry={() => void asked.refetch()} />;
  const row = asked.data && flat(asked.data);
  const undo = async () => {
    if (window.confirm("Undo this import? The state before it comes back.") && await send(() => ask(undoImport({ path })), "The import is undone")) history.push("/settings/imports");
  };
  const tables = Object.entries(asked.data?.tables ?? {}).map(([table, counts]) => ({ table, ...counts }));
  return (
    <Page title={String(row?.file ?? "Import")} crumbs={[...CRUMBS, { label: "Imports", href: "/settings/imports" }]} actions={row && row.state !== "undone" && <Button danger busy={busy} disabled={!owner} title={owner ? undefined : "Only an owner may undo an import."} onClick={() => void undo()}>Undo this import</Button>}>
      <Head title={String(row?.file ?? id)} sub={row ? `${format.value(row.rows)} rows: ${format.value(row.inserted)} new, ${format.value(row.updated)} changed, ${format.value(row.unchanged)} the same · ${format.dateTime(row.imported_at)}${row.state === "undone" ? " · undone" : ""}` : undefined} />
      {asked.data?.notes.map((note) => <p key={note} className="mut">{note}</p>)}
      <Section title="What came in" note="by fact table"><DataTable label="Tables" columns={TABLES} rows={tables} keys={false} /></Section>
      {Boolean(asked.data?.warnings.length) && <Section title="In, with a remark"><DataTable label="Remarks" keys={false} columns={[{ key: "line", label: "Line", align: "right" }, { key: "error", label: "Remark" }]} rows={asked.data!.warnings} /></Section>}
      <Section title="Set aside" note="rows that could not be used, with their line">
        <Answer of={aside}>{(page) => page.items.length ? <Mend key={page.total} id={id} rows={page.items} total={page.total} /> : <div className="card"><Empty title="Every row came in" /></div>}</Answer>
      </Section>
    </Page>
  );
}

/** The rows set aside, each with its text to correct, and a second try. */
function Mend({ id, rows, total }: { id: string; rows: RowError[]; total: number }) {
  const [texts, setTexts] = useState<Record<number, string>>({});
  const { send, busy, error } = useSend();
  const may = useMay("member");
  const retry = async () => {
    const fixes = Object.entries(texts).map(([line, raw]) => ({ line: Number(line), raw }));
    const answer = await send(() => ask(retryImport({ path: { import_id: id }, body: { rows: fixes } })));
    if (answer) toast(answer.errors.length ? `${format.count(answer.errors.length, "row")} could still not be used` : "All rows came in");
  };
  return (
    <div className="card">
      <div className="scroll"><table className="tbl"><thead><tr><th scope="col" className="r">Line</th><th scope="col">Why it was set aside</th><th scope="col">The row</th></tr></thead><tbody>
        {rows.map((row) => (
          <tr key={row.line}><td className="r num">{row.line}</td><td>{row.error}</td><td style={{ minWidth: 320 }}><textarea className="input mono" style={{ width: "100%", maxWidth: "none" }} aria-label={`Row of line ${row.line}`} rows={2} disabled={!may} value={texts[row.line] ?? row.raw ?? ""} onChange={(event) => setTexts({ ...texts, [row.line]: event.target.value })} /></td></tr>
        ))}
      </tbody></table></div>
      <div className="form-foot" style={{ padding: 12, marginTop: 0 }}>
        <span className="mut small grow">{error ? `${error.message} ${error.mend}` : `${format.count(total, "row")} set aside${total > rows.length ? `, ${rows.length} shown` : ""}. Correct the text, then try again.`}</span>
        <Button primary busy={busy} disabled={!may} title={may ? undefined : "Members may mend imports; ask an owner for the role."} onClick={() => void retry()}>Try again</Button>
      </div>
    </div>
  );
}
