/** A file on its way in: recognised, mapped, tried without writing, then imported; undo stays. */
import { useCallback, useEffect, useState } from "react";
import { ApiError, request, withParams } from "@/api/client";
import { type ImportOut, type MappedColumn, type RowError, undoImport } from "@/api/generated";
import { ask } from "@/api/runtime";
import { toast, toastError } from "@/app/toast";
import { Button, Failed, Pill, Skeleton } from "@/components/basics";
import { DataTable } from "@/components/DataTable";
import * as format from "@/lib/format";
import { inferred } from "@/lib/table";
import { useQueryClient } from "@tanstack/react-query";

const KINDS = ["work", "transitions", "changes", "commits", "releases", "deployments", "incidents", "events", "exposures", "feedback", "accounts", "persons", "tools", "links"];

function upload(file: File, dryRun: boolean, kind: string, mapping: MappedColumn[] | null): Promise<ImportOut> {
  const form = new FormData();
  form.append("file", file);
  const chosen = mapping && JSON.stringify(Object.fromEntries(mapping.filter((one) => one.field).map((one) => [one.field, one.column])));
  return request<ImportOut>("POST", withParams("/api/imports", { dry_run: dryRun, as: kind, mapping: chosen }), form);
}

export function ImportWizard({ file, onClose }: { file: File; onClose: () => void }) {
  const cache = useQueryClient();
  const [kind, setKind] = useState("");
  const [mapping, setMapping] = useState<MappedColumn[] | null>(null);
  const [tried, setTried] = useState<ImportOut | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(true);
  const run = useCallback(async (dryRun: boolean, as: string, mapped: MappedColumn[] | null) => {
    setBusy(true);
    setProblem(null);
    try {
      return await upload(file, dryRun, as, mapped);
    } catch (error) {
      setProblem(error instanceof ApiError ? error : new ApiError(0, "unknown", String(error), "Try again."));
      return null;
    } finally {
      setBusy(false);
    }
  }, [file]);
  const attempt = useCallback(async (as: string, mapped: MappedColumn[] | null) => {
    const result = await run(true, as, mapped);
    if (result) setTried(result);
  }, [run]);
  useEffect(() => void attempt("", null), [attempt]);
  const bringIn = async () => {
    const result = await run(false, kind, mapping);
    if (!result) return;
    const { id } = result;
    const undo = id ? () => void ask(undoImport({ path: { import_id: id } })).then(() => cache.invalidateQueries(), toastError) : undefined;
    toast(`Imported ${format.count(result.counts.inserted + result.counts.updated, "row")} of ${file.name}`, { undo });
    await cache.invalidateQueries();
    onClose();
  };
  const choose = (as: string) => {
    setKind(as);
    setMapping(null);
    void attempt(as, null);
  };
  const map = (column: string, field: string) => {
    const next = (mapping ?? tried!.mapping).map((one) => (one.column === column ? { column, field: field || null } : one));
    setMapping(next);
    void attempt(kind || tried!.kind, next);
  };
  return (
    <div className="card pad stack">
      <div className="row wrap"><b className="grow">{file.name}</b>{busy && <span className="mut small">reading…</span>}
        <label className="row small">These are <select className="input" value={kind || tried?.kind || ""} onChange={(event) => choose(event.target.value)}><option value="">(recognise)</option>{[...new Set([...(tried?.kinds ?? KINDS), ...(tried?.kind ? [tried.kind] : [])])].map((one) => <option key={one}>{one}</option>)}</select></label>
      </div>
      {problem && (kind ? <Failed error={problem} /> : <div className="alert warn" role="alert"><div><b>{problem.message}</b><div className="sub">Choose above what its rows are; the columns are mapped from there.</div></div></div>)}
      {!tried && !problem && <Skeleton lines={4} />}
      {tried && <Tried result={tried} mapping={mapping ?? tried.mapping} onMap={map} />}
      <div className="form-foot" style={{ marginTop: 0 }}><Button onClick={onClose}>Cancel</Button><Button primary disabled={!tried || Boolean(problem) || tried.counts.rows === 0} busy={busy} onClick={() => void bringIn()}>Import {tried ? format.count(tried.counts.rows - tried.counts.quarantined, "row") : ""}</Button></div>
    </div>
  );
}

function Tried({ result, mapping, onMap }: { result: ImportOut; mapping: MappedColumn[]; onMap: (column: string, field: string) => void }) {
  const { counts } = result;
  const fields = [...new Set([...result.fields, ...mapping.map((one) => one.field).filter((one): one is string => Boolean(one))])];
  return (
    <>
      <div className="row wrap small">
        <Pill tone={result.recognised ? "good" : "warn"}>{result.recognised ? `recognised as ${result.recognised}` : "not recognised: choose what these rows are"}</Pill>
        <span className="mut num">{format.count(counts.rows, "row")} · {format.number(counts.inserted)} new · {format.number(counts.updated)} changed · {format.number(counts.unchanged)} same{counts.quarantined ? ` · ${format.number(counts.quarantined)} to quarantine` : ""}</span>
      </div>
      <div className="scroll" tabIndex={0} role="region" aria-label="Mapping"><table className="tbl"><thead><tr><th scope="col">Column of the file</th><th scope="col">Becomes</th></tr></thead><tbody>
        {mapping.map((one) => <tr key={one.column}><td>{one.column}</td><td>{fields.length ? <select className="input" aria-label={`${one.column} becomes`} value={one.field ?? ""} onChange={(event) => onMap(one.column, event.target.value)}><option value="">(left out)</option>{fields.map((field) => <option key={field}>{field}</option>)}</select> : one.field ?? <span className="mut">left out</span>}</td></tr>)}
      </tbody></table></div>
      {result.notes.map((note) => <p key={note} className="small mut" style={{ margin: 0 }}>{note}</p>)}
      <RowErrors errors={result.errors} total={counts.quarantined} />
      {result.warned > 0 && <div className="alert" style={{ display: "block" }}><b>{format.count(result.warned, "row")} will come in with a remark</b><ul className="small" style={{ margin: "6px 0 0", paddingLeft: 18 }}>{result.warnings.slice(0, 8).map((one) => <li key={one.line}>line {one.line}: {one.error}</li>)}</ul></div>}
      {result.preview.length > 0 && <div><div className="mut small" style={{ marginBottom: 6 }}>The first rows as they will be</div><DataTable label="Preview" columns={inferred(result.preview)} rows={result.preview.slice(0, 8)} keys={false} /></div>}
    </>
  );
}

export function RowErrors({ errors, total = errors.length }: { errors: RowError[]; total?: number }) {
  if (!errors.length) return null;
  return (
    <div className="alert warn" style={{ display: "block" }}>
      <b>{format.count(total, "row")} will be set aside, with the reason; the rest comes in</b>
      <ul className="small" style={{ margin: "6px 0 0", paddingLeft: 18 }}>{errors.slice(0, 8).map((one, i) => <li key={i}>line {one.line}: {one.error}{one.raw && <span className="mono mut"> {one.raw.slice(0, 120)}</span>}</li>)}</ul>
      {total > 8 && <div className="small mut">and {format.number(total - 8)} more</div>}
    </div>
  );
}
