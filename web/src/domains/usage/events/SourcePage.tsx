/** One source: its first event, its key, what to paste, and an account of every event that it sent. */
import { Menu } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { eventSource, intake, pauseEventSource, removeEventSource, resumeEventSource, rotateEventSourceKey } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { useMay } from "@/app/session";
import { Answer, Button, Section, Segments } from "@/components/basics";
import { useSend } from "@/components/Form";
import { Go } from "@/components/Go";
import { Head, Page } from "@/components/Page";
import { ReasonDialog } from "@/components/ReasonDialog";
import * as format from "@/lib/format";
import { AccountTable } from "./AccountTable";
import { CopyBlock, CopyButton } from "./Copy";
import { HourBars } from "./HourBars";
import { snippets } from "./snippets";
import { SourceForm } from "./SourceForm";
import { SourceState } from "./Sources";
import { account, hourly, kindName, OWNER_ONLY, span, tabHref, type Source } from "./types";
import "./events.css";

const ROTATIONS = [{ hours: 0, label: "Refuse the old key at once" }, { hours: 24, label: "Take the old key for a day more" }, { hours: 168, label: "Take the old key for a week more" }, { hours: 720, label: "Take the old key for 30 days more" }];

export default function SourcePage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const path = { source_id: id };
  const asked = useAsk(eventSource, { path }, { refetchInterval: 2_000 });
  return (
    <Page title={asked.data?.name ?? "Source"} crumbs={[{ label: "Usage", href: "/usage" }, { label: "Events", href: "/usage/events" }]} actions={asked.data && <Acts source={asked.data} />}>
      <Answer of={asked}>{(source) => (
        <>
          <Head title={source.name} sub={<span className="row wrap"><SourceState source={source} /><span>{kindName(source.kind)}{source.rate ? ` · at most ${format.number(source.rate)} events a second` : ""}{source.share < 1 ? ` · ${format.share(source.share)} of people kept` : ""}{source.product ? ` · ${source.product}` : ""}</span></span>} />
          <Arrived source={source} />
        </>
      )}</Answer>
    </Page>
  );
}

function Arrived({ source }: { source: Source }) {
  const [hours, setHours] = useState<"24" | "672">("24");
  const came = useAsk(intake, { query: { source: source.id, ...span(Number(hours) - 1) } }, { refetchInterval: 2_000, placeholderData: (before) => before });
  const waiting = !source.removed_at && !source.last_at && !source.day?.received;
  const sum = account(came.data?.total);
  const turned = Object.entries(source.turned_away ?? {});
  return (
    <>
      <FirstEvent waiting={waiting} source={source} />
      {waiting && <Paste source={source} />}
      <Section title="Account of every event" note="each one received is in exactly one line below" end={<Segments label="Span" value={hours} onChange={setHours} options={[{ value: "24", label: "24 hours" }, { value: "672", label: "28 days" }]} />}>
        <div className="two even">
          <AccountTable sum={sum} outcomes={came.data?.total.outcomes ?? {}} source={source.id} />
          <div className="card pad"><h3>{hours === "24" ? "By hour" : "By day"}</h3><HourBars height={150} label={`Events of ${source.name}`} bars={hours === "24" ? hourly(came.data?.hours ?? [], 24) : daily(hourly(came.data?.hours ?? [], 672))} />
            <div className="legend small sub"><span><i style={{ background: "var(--accent)" }} />stored</span><span><i style={{ background: "var(--ink-3)" }} />sent again</span><span><i style={{ background: "var(--violet)" }} />left out on purpose</span><span><i style={{ background: "var(--bad)" }} />refused</span></div>
          </div>
        </div>
        {turned.length > 0 && <p className="coverage">Requests turned away as a whole since the server was started: {turned.map(([code, amount]) => `${format.number(amount)} ${code.replaceAll("_", " ")}`).join(", ")}. The client was told, and keeps what it can send again.</p>}
      </Section>
      {!waiting && <Paste source={source} />}
    </>
  );
}

/** Waits for the first event, and turns green while one looks. */
function FirstEvent({ waiting, source }: { waiting: boolean; source: Source }) {
  const [waited, setWaited] = useState(false);
  useEffect(() => {
    if (waiting) setWaited(true);
  }, [waiting]);
  if (waiting) return <div className="first" role="status"><i className="pulse" aria-hidden="true" /><div><b>Waiting for the first event…</b><div className="sub">Paste what stands below into a program, run it, and this turns green.</div></div></div>;
  if (!waited) return null;
  const refused = account(source.day).stored === 0;
  return <div className={`first ${refused ? "bad" : "good"}`} role="status"><i className="pulse" aria-hidden="true" /><div><b>{refused ? "Something arrived, and was refused" : "The first event is here"}</b><div className="sub">{refused ? <Go className="ev" href={tabHref("refused", { source: source.id })}>See why</Go> : <Go className="ev" href={tabHref("tail", { source: source.id })}>Watch them come in</Go>}</div></div></div>;
}

function Paste({ source }: { source: Source }) {
  const all = snippets(location.origin, source.write_key, source.id);
  const [shown, setShown] = useState(() => (all.find((one) => one.kinds.includes(source.kind)) ?? all[0]!).key);
  const one = all.find((snippet) => snippet.key === shown)!;
  return (
    <Section title="Send events" note="clients work as they are: only the address and the key are ours">
      <div className="card pad stack">
        <div className="row wrap"><span className="mut small">Write key</span><code className="mono">{source.write_key}</code><CopyButton text={source.write_key} what="Write key" /><span className="mut small">It can only send; it may stand in a web page.</span></div>
        {source.old_key_until && <p className="sub small">The key before it is taken until {format.dateTime(source.old_key_until)}.</p>}
        <div className="snippet-tabs"><Segments label="Client" value={shown} onChange={setShown} options={all.map((snippet) => ({ value: snippet.key, label: snippet.label }))} /></div>
        {one.install && <CopyBlock text={one.install} what="Installation" />}
        <CopyBlock text={one.code} what="Program" />
      </div>
    </Section>
  );
}

function Acts({ source }: { source: Source }) {
  const may = useMay("owner");
  const { send, busy } = useSend();
  const [open, setOpen] = useState<"edit" | "pause" | "remove" | "">("");
  const path = { source_id: source.id };
  if (source.removed_at) return null;
  const close = () => setOpen("");
  return (
    <>
      <Button disabled={!may} title={may ? undefined : OWNER_ONLY} onClick={() => setOpen("edit")}>Change</Button>
      {source.state === "paused"
        ? <Button primary busy={busy} disabled={!may} onClick={() => void send(() => ask(resumeEventSource({ path })), `${source.name} is taken again`)}>Resume</Button>
        : <Button disabled={!may} title={may ? undefined : OWNER_ONLY} onClick={() => setOpen("pause")}>Pause…</Button>}
      <Menu position="bottom-end" shadow="none">
        <Menu.Target><button type="button" className="btn" aria-label="More" disabled={!may}>More ▾</button></Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>New key</Menu.Label>
          {ROTATIONS.map(({ hours, label }) => <Menu.Item key={hours} onClick={() => void send(() => ask(rotateEventSourceKey({ path, body: { overlap_hours: hours } })), "There is a new key")}>{label}</Menu.Item>)}
          <Menu.Divider />
          <Menu.Item onClick={() => setOpen("remove")}>Remove…</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {open === "edit" && <SourceForm source={source} onClose={close} />}
      {open === "pause" && <ReasonDialog title={`Pause ${source.name}`} required={false} confirm="Pause" hint="Its events are refused and kept; they can be tried again later." onClose={close} onConfirm={(reason) => void send(() => ask(pauseEventSource({ path, body: { reason } })), "Paused").then((done) => done && close())} />}
      {open === "remove" && <ReasonDialog title={`Remove ${source.name}`} confirm="Remove" hint="Its key is refused from now on. What it sent stays." onClose={close} onConfirm={(reason) => void send(() => ask(removeEventSource({ path, query: { reason } })), "Removed").then((done) => done && close())} />}
    </>
  );
}

/** Hours added up by day. */
function daily(hours: ReturnType<typeof hourly>): ReturnType<typeof hourly> {
  const found = new Map<string, ReturnType<typeof hourly>[number]>();
  for (const one of hours) {
    const day = one.hour.slice(0, 10);
    const sum = found.get(day);
    if (!sum) found.set(day, { ...one });
    else for (const key of ["received", "stored", "duplicate", "refused", "blocked", "sampled"] as const) sum[key] += one[key];
  }
  return [...found.values()];
}
