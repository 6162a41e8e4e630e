/** A finding that wants an answer: what, why, whose, on what evidence, and the answers in place. */
import { Menu } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { Fragment, useState, type ReactNode } from "react";
import { leads, useFindingAction, useFindingMarks } from "@/api/findings";
import type { Finding, FindingAction } from "@/api/types";
import { useMay, useName } from "@/app/session";
import * as format from "@/lib/format";
import { Avatar, Button, Pill } from "./basics";
import { Go } from "./Go";
import { Icon } from "./Icon";
import { ReasonDialog } from "./ReasonDialog";

const plainName = (ref: string) => ref.replace(/^[a-z]+:/, "");
const day = (ahead: number) => new Date(format.now().getTime() + ahead * 86_400_000).toISOString().slice(0, 10);
const SNOOZES: [string, number][] = [["Until tomorrow", 1], ["For a week", 7], ["For a month", 30]];

function found(finding: Finding): string {
  if (finding.state === "snoozed" && finding.snoozed_until) return `snoozed until ${format.date(finding.snoozed_until)}`;
  if (finding.state === "dismissed") return `dismissed${finding.reason ? `: ${finding.reason}` : ""}`;
  if (finding.state === "resolved") return `went away ${format.ago(finding.last_seen)}`;
  return `found ${format.ago(finding.first_seen)}${finding.state === "acknowledged" ? ", acknowledged" : ""}`;
}

/** The words between dots under a finding: whose, which team, since when, evidence. */
export function FindingMeta({ finding }: { finding: Finding }) {
  const name = useName();
  const owner = finding.owner ? name(finding.owner) : "";
  const words: ReactNode[] = [];
  if (owner) words.push(<span className="who"><Avatar name={owner} />{owner}</span>);
  else words.push(<span className="warn">no owner</span>);
  if (finding.team) words.push(format.spelled(plainName(finding.team)));
  words.push(found(finding));
  for (const one of finding.evidence) {
    const text = [one.label, one.value === null || one.value === undefined ? "" : format.value(one.value)].filter(Boolean).join(" ");
    words.push(one.href ? <Go className="ev" href={one.href}>{text}</Go> : text);
  }
  return <div className="meta">{words.map((word, i) => <Fragment key={i}>{i > 0 && <span aria-hidden="true">·</span>}<span>{word}</span></Fragment>)}</div>;
}

interface FindingCardProps { finding: Finding; row?: number; on?: boolean }

export function FindingCard({ finding, row, on }: FindingCardProps) {
  const href = `/findings/${encodeURIComponent(finding.id)}`;
  return (
    <article className={`dec${on ? " on" : ""}${["dismissed", "resolved", "snoozed"].includes(finding.state) ? " done" : ""}`} data-row={row}>
      <div>
        <h3><Pill tone={finding.severity}>{finding.pill}</Pill><Go href={href}>{finding.title}</Go></h3>
        <p>{finding.sentence}</p>
        <FindingMeta finding={finding} />
      </div>
      <FindingActions finding={finding} />
    </article>
  );
}

export function FindingActions({ finding }: { finding: Finding }) {
  const { history } = useRouter();
  const may = useMay("member");
  const act = useFindingAction((href) => history.push(href));
  const [asking, setAsking] = useState<FindingAction | "dismiss" | null>(null);
  const [busy, setBusy] = useState("");
  const marks = useFindingMarks();
  const run = async (action: FindingAction, reason?: string) => {
    setBusy(action.label);
    setAsking(null);
    await act(action, reason);
    setBusy("");
  };
  const actions = (finding.actions ?? []).filter((action) => may || leads(action));
  return (
    <div className="act">
      {actions.map((action) => (
        <Button key={action.label} primary={action.primary} disabled={Boolean(busy)} busy={busy === action.label} onClick={() => (action.needs_reason ? setAsking(action) : void run(action))}>{action.label}</Button>
      ))}
      {may && <MarkMenu finding={finding} marks={marks} onDismiss={() => setAsking("dismiss")} />}
      {asking === "dismiss" && <ReasonDialog title="Dismiss this finding" label="Why does it not matter?" hint="It stays dismissed while the facts stay as they are, and says your reason." confirm="Dismiss" onClose={() => setAsking(null)} onConfirm={(reason) => { setAsking(null); void marks.dismiss(finding, reason); }} />}
      {asking && asking !== "dismiss" && <ReasonDialog title={asking.label.replace(/…$/, "")} hint={finding.title} confirm={asking.label.replace(/…$/, "")} onClose={() => setAsking(null)} onConfirm={(reason) => void run(asking, reason)} />}
    </div>
  );
}

function MarkMenu({ finding, marks, onDismiss }: { finding: Finding; marks: ReturnType<typeof useFindingMarks>; onDismiss: () => void }) {
  const closed = ["snoozed", "dismissed"].includes(finding.state);
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target><button type="button" className="btn q icon" aria-label={`More for: ${finding.title}`}><Icon name="more" /></button></Menu.Target>
      <Menu.Dropdown>
        {closed && <Menu.Item onClick={() => void marks.reopen(finding)}>Open again</Menu.Item>}
        {finding.state === "open" && <Menu.Item onClick={() => void marks.acknowledge(finding)}>Acknowledge</Menu.Item>}
        {finding.state === "acknowledged" && <Menu.Item onClick={() => void marks.reopen(finding)}>Take back</Menu.Item>}
        {!closed && <><Menu.Label>Snooze</Menu.Label>{SNOOZES.map(([label, ahead]) => <Menu.Item key={label} onClick={() => void marks.snooze(finding, day(ahead))}>{label}</Menu.Item>)}<Menu.Divider /><Menu.Item color="var(--bad)" onClick={onDismiss}>Dismiss…</Menu.Item></>}
      </Menu.Dropdown>
    </Menu>
  );
}
