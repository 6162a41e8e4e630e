/** One request: who asked and what they are worth, what answers it, who has been told, its status. */
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { feedbackRequest, setFeedbackRequestStatus, trace as traceOf, unmergeFeedbackRequest, type Status } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { useMay } from "@/app/session";
import { toast, toastError } from "@/app/toast";
import { ErrorPage } from "@/app/status";
import { Answer, Button, Pill, Section } from "@/components/basics";
import { useSend } from "@/components/Form";
import { Go, RefLink } from "@/components/Go";
import { Page } from "@/components/Page";
import { ReasonDialog } from "@/components/ReasonDialog";
import * as format from "@/lib/format";
import { traceHref } from "@/lib/url";
import { Requesters } from "./Requesters";
import { STATUSES, TONES, type Request } from "./types";

export default function RequestPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const asked = useAsk(feedbackRequest, { path: { request_id: id } });
  if (asked.error && !asked.data) return <ErrorPage error={asked.error} retry={() => void asked.refetch()} />;
  return (
    <Page title={asked.data?.title ?? "Request"} crumbs={[{ label: "Feedback", href: "/feedback" }, { label: "Requests", href: "/feedback?tab=requests" }]} actions={<Go className="btn" href={traceHref(`request:${id}`)}>Trace</Go>}>
      <Answer of={asked}>{(request) => <RequestView request={request} />}</Answer>
    </Page>
  );
}

function RequestView({ request }: { request: Request }) {
  const trace = useAsk(traceOf, { path: { ref: `request:${request.request}` } });
  const segments = Object.entries(request.segments).map(([name, amount]) => `${amount} ${name}`).join(" · ");
  return (
    <>
      <h1>{request.title}</h1>
      <div className="sub num">{format.count(request.requesters, "person", "people")} of {format.count(request.accounts, "account")} asked, worth {format.money(request.revenue)} a year{segments && ` · ${segments}`}</div>
      {request.merged_into && <Merged request={request} />}
      <div className="two" style={{ marginTop: 20 }}>
        <div><Section title="Who asked" note={`n = ${request.messages} messages, each person once`}><Requesters id={request.request} trace={trace.data} /></Section></div>
        <div className="sect">
          <div className="card pad stack">
            {request.body && <p>{request.body}</p>}
            <dl className="facts">
              <dt>Status</dt><dd><Pill tone={TONES[request.status]}>{request.status}</Pill>{request.reason && <span className="sub"> {request.reason}</span>}</dd>
              <dt>Answered by</dt><dd>{request.initiatives.length ? request.initiatives.map((one) => <div key={one}><RefLink of={`initiative:${one}`} />{request.stage && <span className="mut"> · {request.stage}</span>}</div>) : <span className="mut">no initiative yet; link it on the initiative's page</span>}</dd>
              {request.owner && <><dt>Owner</dt><dd><RefLink of={`person:${request.owner}`} /></dd></>}
              <dt>First asked</dt><dd>{format.date(request.first_at, "long")}</dd>
              <dt>Last asked</dt><dd>{format.date(request.last_at, "long")}</dd>
              {trace.data && <><dt>Told</dt><dd>{trace.data.told.length} told, {trace.data.untold.length} not</dd></>}
            </dl>
            {!request.merged_into && <StatusChange request={request} />}
          </div>
        </div>
      </div>
    </>
  );
}

function StatusChange({ request }: { request: Request }) {
  const may = useMay("member");
  const { send, busy } = useSend();
  const [wanted, setWanted] = useState("");
  const set = (body: Status) => ask(setFeedbackRequestStatus({ path: { request_id: request.request }, body }));
  const change = async (reason: string) => {
    const before = { status: request.status, reason: request.reason || "Undone." };
    setWanted("");
    if (await send(() => set({ status: wanted, reason }))) toast(`Now ${wanted}.`, { undo: () => void set(before).catch(toastError) });
  };
  return (
    <div className="row wrap">
      {STATUSES.filter((one) => one !== request.status).map((one) => (
        <Button key={one} disabled={!may || busy} title={may ? undefined : "Viewers read; a member changes the status."} onClick={() => setWanted(one)}>{format.humanise(one)}</Button>
      ))}
      {wanted && <ReasonDialog title={`Set “${request.title}” to ${wanted}`} label="What will the requesters read?" confirm={`Set to ${wanted}`} required={wanted === "declined"} onConfirm={(reason) => void change(reason)} onClose={() => setWanted("")} />}
    </div>
  );
}

function Merged({ request }: { request: Request }) {
  const may = useMay("member");
  const { send, busy } = useSend();
  return (
    <div className="alert" style={{ marginTop: 12 }}>
      <div className="grow">Merged into <RefLink of={`request:${request.merged_into}`} />; its feedback is counted there.</div>
      <Button disabled={!may} busy={busy} onClick={() => void send(() => ask(unmergeFeedbackRequest({ path: { request_id: request.request } })), "Taken out again.")}>Take apart</Button>
    </div>
  );
}
