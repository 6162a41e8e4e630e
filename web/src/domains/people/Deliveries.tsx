/** The ledger: what was told to whom, and what did not arrive. */
import { Drawer } from "@mantine/core";
import { useState } from "react";
import { confirmRead, deliveries, hold, oneDelivery, releaseHold } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { useMay } from "@/app/session";
import { Answer, Button, Empty, Pill, Segments } from "@/components/basics";
import { DataTable, SearchBox, useView, type TableColumn } from "@/components/DataTable";
import { useSend } from "@/components/Form";
import { RefLink } from "@/components/Go";
import { Markdown } from "@/components/Markdown";
import { ReasonDialog } from "@/components/ReasonDialog";
import { useTitle } from "@/components/useTitle";
import * as format from "@/lib/format";
import { useUrlState } from "@/lib/url";
import { NO_RIGHT, STATE_TONES } from "./types";

const STATES = [{ value: "", label: "All" }, { value: "queued,sending,held", label: "Waiting" }, { value: "sent,read", label: "Sent" }, { value: "failed,bounced", label: "Failed" }];

export function Deliveries() {
  const [view, setView] = useView("", 50);
  const [state, setState] = useUrlState("state", "");
  const [ref, setRef] = useUrlState("ref", "");
  const [open, setOpen] = useUrlState("delivery", "");
  const about = useTitle(ref, Boolean(ref));
  const asked = useAsk(deliveries, { query: { page: view.page, size: view.size, sort: view.sort, q: view.q, state, ref } });
  const columns: TableColumn[] = [
    { key: "created_at", label: "Made", unit: "time" },
    { key: "name", label: "To", render: (row) => <button type="button" className="fig-inline" style={{ textAlign: "left" }} onClick={() => setOpen(String(row.delivery))}>{String(row.name)}</button> },
    { key: "subject", label: "Subject" },
    { key: "ref", label: "About", ref: "any" },
    { key: "channel", label: "By" },
    { key: "state", label: "State", render: (row) => <Pill tone={STATE_TONES[String(row.state)]}>{String(row.state)}</Pill> },
    { key: "reason", label: "Why" },
    { key: "sent_at", label: "Sent", unit: "time" },
    { key: "read_at", label: "Read", unit: "time" },
  ];
  return (
    <>
      <div className="tools">
        <SearchBox value={view.q} onChange={(q) => setView({ q })} label="Search names, subjects" />
        <Segments label="State" value={state} onChange={setState} options={STATES} />
        {ref && <Button onClick={() => setRef("")}>About {about} ×</Button>}
        <span className="grow" />
        {asked.data && <span className="mut small num">{format.count(asked.data.total, "message")}</span>}
      </div>
      <Answer of={asked}>{(page) => (
        <DataTable label="Deliveries" columns={columns} rows={page.items} total={page.total} view={view} onView={setView} keys={false}
          empty={<Empty title={state || ref ? "No such messages" : "Nobody has been told anything yet"} action={state || ref ? { label: "Show all", onClick: () => { setState(""); setRef(""); } } : { label: "Publish a release", href: "/releases" }}>{state || ref ? undefined : "Publishing a release tells those who asked for what it carries."}</Empty>} />
      )}</Answer>
      {open && <One id={open} onClose={() => setOpen("")} />}
    </>
  );
}

function One({ id, onClose }: { id: string; onClose: () => void }) {
  const may = useMay("member");
  const { send, busy } = useSend();
  const [holding, setHolding] = useState(false);
  const path = { delivery_id: id };
  const asked = useAsk(oneDelivery, { path });
  const state = asked.data?.state ?? "";
  const right = { disabled: !may || busy, title: may ? undefined : NO_RIGHT };
  return (
    <Drawer opened onClose={onClose} title="Message" position="right" size="lg">
      <Answer of={asked}>{(one) => (
        <div className="stack">
          <div className="row wrap"><Pill tone={STATE_TONES[one.state]}>{one.state}</Pill><b>{one.subject}</b></div>
          <dl className="facts">
            <dt>To</dt><dd>{one.name}{one.email && one.email !== one.name ? `, ${one.email}` : ""}</dd>
            <dt>About</dt><dd><RefLink of={one.ref} /></dd>
            <dt>Made</dt><dd className="num">{format.dateTime(one.created_at)}</dd>
            {one.sent_at && <><dt>Sent</dt><dd className="num">{format.dateTime(one.sent_at)} by {one.channel}</dd></>}
            {one.read_at && <><dt>Read</dt><dd className="num">{format.dateTime(one.read_at)}</dd></>}
            {one.reason && <><dt>Why</dt><dd>{one.reason}</dd></>}
          </dl>
          <div className="row wrap">
            {["queued", "failed"].includes(state) && <Button {...right} onClick={() => setHolding(true)}>Hold…</Button>}
            {["held", "failed", "bounced"].includes(state) && <Button primary {...right} onClick={() => void send(() => ask(releaseHold({ path })), "It goes out now")}>Send</Button>}
            {state === "sent" && <Button {...right} onClick={() => void send(() => ask(confirmRead({ path })), "Noted as read")}>They read it</Button>}
          </div>
          <div className="card pad"><Markdown>{one.body_text}</Markdown></div>
          {holding && <ReasonDialog title="Hold this message" hint="Shown in the ledger and the trace." confirm="Hold" onClose={() => setHolding(false)} onConfirm={(reason) => { setHolding(false); void send(() => ask(hold({ path, body: { reason } })), "Held"); }} />}
        </div>
      )}</Answer>
    </Drawer>
  );
}
