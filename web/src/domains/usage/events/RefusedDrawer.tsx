/** One refused event: as it was sent, why, what to do, and a second try. */
import { Drawer } from "@mantine/core";
import { retryRefused } from "@/api/generated";
import { ask } from "@/api/runtime";
import { useMay } from "@/app/session";
import { toast } from "@/app/toast";
import { Button, Pill } from "@/components/basics";
import { useSend } from "@/components/Form";
import { Go } from "@/components/Go";
import * as format from "@/lib/format";
import { NO_RIGHT } from "../types";
import { CopyBlock } from "./Copy";
import { useSourceName } from "./names";
import { mend, pretty, sourceHref, type RefusedOut } from "./types";

export function RefusedDrawer({ one, onClose }: { one: RefusedOut; onClose: () => void }) {
  const may = useMay("member");
  const { send, busy } = useSend();
  const nameOf = useSourceName();
  const retry = async () => {
    const done = await send(() => ask(retryRefused({ body: { ids: [one.refused_id] } })));
    if (!done) return;
    toast(done.taken ? "Taken" : "Refused again: the reason is the same, or its source is not there any more");
    if (done.taken) onClose();
  };
  return (
    <Drawer opened onClose={onClose} position="right" size="min(640px, 96vw)" title="A refused event">
      <div className="stack">
        <div className="row wrap"><Pill tone="bad">{one.code.replaceAll("_", " ")}</Pill>{one.retried_at && <Pill tone="good">taken {format.dateTime(one.retried_at)}</Pill>}<span className="mut small">{format.dateTime(one.received_at)} · <Go className="ev" href={sourceHref(one.source)}>{nameOf(one.source)}</Go></span></div>
        <p>{one.reason}</p>
        <div className="alert warn"><div><b>What to do</b><div className="sub">{mend(one.code)}</div></div></div>
        <h3>As it was sent</h3>
        <CopyBlock text={pretty(one.raw)} what="What was sent" />
        {one.raw.length >= 8_000 && <p className="sub small">Only the beginning is shown.</p>}
        {!one.retried_at && <div className="row"><Button primary busy={busy} disabled={!may} title={may ? undefined : NO_RIGHT} onClick={() => void retry()}>Try again</Button><span className="mut small">It is taken as if it came now, with the moment at which it did.</span></div>}
      </div>
    </Drawer>
  );
}
