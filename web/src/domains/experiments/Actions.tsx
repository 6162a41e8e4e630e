/** What can be done in the state it is in: start, amend, stop, run again. */
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { restart, start, stop as stopIt } from "@/api/generated";
import { ask } from "@/api/runtime";
import { useMay } from "@/app/session";
import { Button } from "@/components/basics";
import { useSend } from "@/components/Form";
import { ReasonDialog } from "@/components/ReasonDialog";
import { PlanForm } from "./PlanForm";
import { href, NO_RIGHT, type Experiment } from "./types";

export function Actions({ experiment }: { experiment: Experiment }) {
  const may = useMay("member");
  const { send, busy } = useSend();
  const { history } = useRouter();
  const [asking, setAsking] = useState<"plan" | "stop" | null>(null);
  const path = { experiment_id: experiment.id };
  const right = { disabled: !may || busy, title: may ? undefined : NO_RIGHT };
  const { state } = experiment;
  const again = async () => {
    const made = await send(() => ask(restart({ path })), "A new run has started; it reads only units from now on");
    if (made) history.push(href(made.id));
  };
  const stop = async (reason: string) => {
    setAsking(null);
    await send(() => ask(stopIt({ path, body: { reason } })), "Stopped; its data are kept");
  };
  return (
    <>
      {(state === "draft" || state === "running") && <Button {...right} onClick={() => setAsking("plan")}>{state === "draft" ? "Change the plan" : "Amend"}</Button>}
      {state === "draft" && <Button primary {...right} onClick={() => void send(() => ask(start({ path })), "Started; the plan is hashed")}>Start</Button>}
      {state === "running" && <Button {...right} onClick={() => setAsking("stop")}>Stop…</Button>}
      {state !== "draft" && <Button {...right} onClick={() => void again()}>Run again</Button>}
      {asking === "plan" && <PlanForm experiment={experiment} onClose={() => setAsking(null)} />}
      {asking === "stop" && <ReasonDialog title={`Stop “${experiment.title}”?`} hint="It ends without a verdict; its data are kept." confirm="Stop" onConfirm={(reason) => void stop(reason)} onClose={() => setAsking(null)} />}
    </>
  );
}
