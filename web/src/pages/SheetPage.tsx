/** The call sheet: what changed, what needs a decision, what is late and why. The home page. */
import { Menu } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import { get, useGet } from "@/api/client";
import type { Cadence, Sheet, SheetSection } from "@/api/types";
import { toast, toastError } from "@/app/toast";
import { useMay } from "@/app/session";
import { Answer, Button, Empty, Segments, Skeleton } from "@/components/basics";
import { Page } from "@/components/Page";
import * as format from "@/lib/format";
import { useUrlState } from "@/lib/url";
import { Pieces } from "./sheet/Pieces";
import { SheetSections } from "./sheet/sections";

const SendDialog = lazy(() => import("./sheet/SendDialog"));
const CADENCES: { value: Cadence; label: string }[] = [{ value: "daily", label: "Daily" }, { value: "weekly", label: "Weekly" }, { value: "monthly", label: "Monthly" }];

export default function SheetPage() {
  const [cadence, setCadence] = useUrlState<Cadence>("cadence", "weekly", true);
  const [meeting, setMeeting] = useUrlState("meeting", false, true);
  const [sending, setSending] = useState(false);
  const sheet = useGet<Sheet>("/api/sheet", { cadence });
  useMeetingKey(meeting, () => setMeeting(false));
  const actions = (
    <>
      <Segments className="hide" label="Cadence" value={cadence} options={CADENCES} onChange={setCadence} />
      <Button onClick={() => setMeeting(!meeting)}>{meeting ? "Leave meeting mode" : "Meeting mode"}</Button>
      {!meeting && <ShareMenu cadence={cadence} onSend={() => setSending(true)} />}
    </>
  );
  return (
    <Page title="Call sheet" actions={actions}>
      <Answer of={sheet} loading={<SheetSkeleton />}>{(data) => <SheetView sheet={data} />}</Answer>
      {sending && <Suspense fallback={null}><SendDialog cadence={cadence} onClose={() => setSending(false)} /></Suspense>}
    </Page>
  );
}

function useMeetingKey(on: boolean, leave: () => void) {
  useEffect(() => {
    if (!on) return;
    const press = (event: KeyboardEvent) => { if (event.key === "Escape") leave(); };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  });
}

async function copy(cadence: Cadence, kind: "markdown" | "text") {
  try {
    await navigator.clipboard.writeText(await get<string>("/api/sheet", { cadence, format: kind === "markdown" ? "md" : "text" }));
    toast(kind === "markdown" ? "Copied as Markdown" : "Copied as text");
  } catch (error) {
    toastError(error);
  }
}

function ShareMenu({ cadence, onSend }: { cadence: Cadence; onSend: () => void }) {
  const may = useMay("member");
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target><button type="button" className="btn hide">Send…</button></Menu.Target>
      <Menu.Dropdown>
        {may && <Menu.Item onClick={onSend}>Send to people…</Menu.Item>}
        {may && <Menu.Divider />}
        <Menu.Item onClick={() => void copy(cadence, "markdown")}>Copy as Markdown</Menu.Item>
        <Menu.Item onClick={() => void copy(cadence, "text")}>Copy as text</Menu.Item>
        <Menu.Item onClick={() => window.print()}>Print</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function kicker(sheet: Sheet): string {
  const { period, compared_with: before, minutes } = sheet;
  const label = period.label ? period.label.charAt(0).toUpperCase() + period.label.slice(1) : "";
  const dates = /\b\d{4}\b/.test(label) ? "" : format.periodText(period.since, period.until); // the label may say them already
  return [label, dates, minutes ? `${minutes} min read` : "", before ? `compared with ${before}` : ""].filter(Boolean).join(" · ");
}

function SheetView({ sheet }: { sheet: Sheet }) {
  const { history } = useRouter();
  const quiet = !sheet.sections.some(hasContent);
  return (
    <>
      <div className="kicker">{kicker(sheet)}</div>
      <h1>{sheet.headline}</h1>
      {sheet.lead.length > 0 && <p className="lead"><Pieces pieces={sheet.lead} /></p>}
      {quiet
        ? <div className="card" style={{ marginTop: 20 }}><Empty title="The sheet is empty: no facts yet" action={{ label: "Bring in data", onClick: () => history.push("/settings/imports") }}>Import a file, or name a git repository as a source. The first sheet is written from what it holds.</Empty></div>
        : <SheetSections sections={sheet.sections} />}
      <LeftOut parts={sheet.left_out ?? []} />
    </>
  );
}

function hasContent(section: SheetSection): boolean {
  return Boolean(section.figures?.length || section.findings?.length || section.items?.length || section.rows?.length || section.chart);
}

function LeftOut({ parts }: { parts: string[] }) {
  if (!parts.length) return null;
  return <p className="coverage" style={{ marginTop: 26 }}>Left out of this sheet: {parts.join(" · ")}</p>;
}

function SheetSkeleton() {
  return <div className="stack" style={{ gap: 20 }}><Skeleton lines={4} /><Skeleton height={128} /><Skeleton height={320} /></div>;
}
