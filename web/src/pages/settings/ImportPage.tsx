import { useParams, useRouter } from "@tanstack/react-router";
import { del, useGet } from "@/api/client";
import type { Page as PageOf, Row } from "@/api/types";
import { useMay } from "@/app/session";
import { ErrorPage } from "@/app/status";
import { Answer, Button, Empty, Section } from "@/components/basics";
import { DataTable, type TableColumn } from "@/components/DataTable";
import { useSend } from "@/components/Form";
import { Head, Page } from "@/components/Page";
import * as format from "@/lib/format";
import { flat } from "./ImportsPage";
import { CRUMBS } from "./tabs";

const QUARANTINE: TableColumn[] = [{ key: "line", label: "Line", align: "right" }, { key: "error", label: "Why it was set aside" }, { key: "raw", label: "The row", render: (row) => <span className="mono">{typeof row.raw === "string" ? row.raw : JSON.stringify(row.raw)}</span> }];

/** One import: what it did, what was set aside, and its undo. */
export default function ImportPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const { history } = useRouter();
  const listed = useGet<PageOf<Row> | Row[]>("/api/imports");
  const aside = useGet<PageOf<Row> | Row[]>(`/api/imports/${encodeURIComponent(id)}/quarantine`);
  const { send, busy } = useSend();
  const owner = useMay("owner");
  if (aside.error && !aside.data) return <ErrorPage error={aside.error} retry={() => void aside.refetch()} />;
  const all = Array.isArray(listed.data) ? listed.data : listed.data?.items;
  const found = all?.find((one) => one.id === id);
  const row = found && flat(found);
  const undo = async () => {
    if (window.confirm("Undo this import? The state before it comes back.") && await send(() => del(`/api/imports/${encodeURIComponent(id)}`), "The import is undone")) history.push("/settings/imports");
  };
  return (
    <Page title={String(row?.file ?? "Import")} crumbs={[...CRUMBS, { label: "Imports", href: "/settings/imports" }]} actions={owner && row?.state !== "undone" && <Button danger busy={busy} onClick={() => void undo()}>Undo this import</Button>}>
      <Head title={String(row?.file ?? id)} sub={row ? `${format.value(row.rows)} rows: ${format.value(row.inserted)} new, ${format.value(row.updated)} changed, ${format.value(row.unchanged)} the same · ${format.dateTime(row.imported_at as string)}` : undefined} />
      <Section title="Set aside" note="rows that could not be read, with their line">
        <Answer of={aside}>{(answer) => <DataTable label="Rows set aside" columns={QUARANTINE} rows={Array.isArray(answer) ? answer : answer.items} keys={false} empty={<Empty title="Every row came in" />} />}</Answer>
      </Section>
    </Page>
  );
}
