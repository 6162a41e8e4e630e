/** Rules on events before they are stored, in the order in which they are gone through. */
import { Switch } from "@mantine/core";
import { useState, type DragEvent } from "react";
import { changeEventRule, eventRules, orderEventRules, removeEventRule } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { useMay, useName } from "@/app/session";
import { Answer, Button, Empty } from "@/components/basics";
import { useSend } from "@/components/Form";
import { ReasonDialog } from "@/components/ReasonDialog";
import * as format from "@/lib/format";
import { useSourceName } from "./names";
import { RuleForm } from "./RuleForm";
import { OWNER_ONLY, ruleWords, type EventRule } from "./types";

export function Rules() {
  const may = useMay("owner");
  const [open, setOpen] = useState<EventRule | "new" | null>(null);
  const asked = useAsk(eventRules, { query: { size: 500 } }, { refetchInterval: 5_000 });
  return (
    <>
      <div className="tools"><span className="sub">They change or keep out events before they are stored. What is kept out is counted, never silent.</span><span className="grow" /><Button primary disabled={!may} title={may ? undefined : OWNER_ONLY} onClick={() => setOpen("new")}>Add a rule</Button></div>
      <Answer of={asked}>{(page) => (page.items.length ? <Ordered rules={page.items} onOpen={setOpen} /> : <div className="card"><Empty title="No rules" action={may ? { label: "Add a rule", onClick: () => setOpen("new") } : undefined}>Keep noise out, rename an event, or drop and hash what should not be stored.</Empty></div>)}</Answer>
      {open && <RuleForm rule={open === "new" ? undefined : open} onClose={() => setOpen(null)} />}
    </>
  );
}

function Ordered({ rules, onOpen }: { rules: EventRule[]; onOpen: (rule: EventRule) => void }) {
  const may = useMay("owner");
  const { send, busy } = useSend();
  const [dragged, setDragged] = useState<string | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const move = (id: string, to: number) => {
    const ids = rules.map((rule) => rule.id).filter((one) => one !== id);
    ids.splice(to, 0, id);
    if (ids.join() !== rules.map((rule) => rule.id).join()) void send(() => ask(orderEventRules({ body: { ids } })));
  };
  const drop = (event: DragEvent, place: number) => {
    event.preventDefault();
    if (dragged) move(dragged, place);
    setDragged(null);
    setOver(null);
  };
  return (
    <ol className="card rules" aria-label="Rules in their order">
      {rules.map((rule, place) => (
        <li key={rule.id} draggable={may} className={`${rule.enabled ? "" : "off"} ${over === place && dragged !== rule.id ? "over" : ""}`} onDragStart={() => setDragged(rule.id)} onDragEnd={() => { setDragged(null); setOver(null); }} onDragOver={(event) => { event.preventDefault(); setOver(place); }} onDrop={(event) => drop(event, place)}>
          {may && (
            <span className="moves"><span className="grip" aria-hidden="true">⠿</span>
              <button type="button" className="btn q icon" aria-label={`Move up: ${ruleWords(rule).act}`} disabled={busy || place === 0} onClick={() => move(rule.id, place - 1)}>↑</button>
              <button type="button" className="btn q icon" aria-label={`Move down: ${ruleWords(rule).act}`} disabled={busy || place === rules.length - 1} onClick={() => move(rule.id, place + 1)}>↓</button>
            </span>
          )}
          <Rule rule={rule} onOpen={() => onOpen(rule)} />
        </li>
      ))}
    </ol>
  );
}

function Rule({ rule, onOpen }: { rule: EventRule; onOpen: () => void }) {
  const may = useMay("owner");
  const nameOf = useName();
  const { send, busy } = useSend();
  const [removing, setRemoving] = useState(false);
  const words = ruleWords(rule, useSourceName());
  const path = { rule_id: rule.id };
  return (
    <>
      <div className="grow stack tight">
        <span><b>{words.act}</b> <span className="sub">{words.which}</span></span>
        <span className="small sub">{rule.reason} <span className="mut">· {nameOf(rule.created_by)}, {format.date(rule.created_at)}</span></span>
      </div>
      <span className="small num counts">{["block", "sample"].includes(rule.action) ? <><span>{format.number(rule.set_aside)} kept out</span><span className="mut">in 28 days</span></> : <><span>{format.number(rule.touched)} changed</span><span className="mut">since the server’s start</span></>}</span>
      <Switch size="xs" aria-label={`${words.act} holds`} checked={rule.enabled} disabled={!may || busy} onChange={(event) => void send(() => ask(changeEventRule({ path, body: { enabled: event.currentTarget.checked } })), event.currentTarget.checked ? "It holds" : "It holds no more")} />
      <span className="row"><Button disabled={!may} title={may ? undefined : OWNER_ONLY} onClick={onOpen}>Change</Button><Button quiet danger disabled={!may} onClick={() => setRemoving(true)}>Remove</Button></span>
      {removing && <ReasonDialog title={`Remove “${words.act}”?`} required={false} confirm="Remove" hint="Events that it kept out stay out; from now on they are stored." onClose={() => setRemoving(false)} onConfirm={() => void send(() => ask(removeEventRule({ path })), "Removed").then((done) => done && setRemoving(false))} />}
    </>
  );
}
