/** One item of feedback beside the page, as links from traces and searches open it. */
import { Drawer } from "@mantine/core";
import { feedbackItem } from "@/api/generated";
import { useAsk } from "@/api/runtime";
import { Answer } from "@/components/basics";
import { RefLink } from "@/components/Go";
import * as format from "@/lib/format";

export function ItemDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const asked = useAsk(feedbackItem, { path: { feedback_id: id } });
  return (
    <Drawer opened onClose={onClose} position="right" size="min(520px, 96vw)" title="Feedback">
      <Answer of={asked}>
        {(item) => (
          <div className="stack">
            <p style={{ fontSize: 15 }}>“{item.body || item.title}”</p>
            <dl className="facts">
              <dt>From</dt><dd>{item.account ?? "no account"}{item.revenue !== null && ` · ${format.money(item.revenue)} a year`}</dd>
              <dt>Given</dt><dd>{format.dateTime(item.given_at)} · {item.channel}</dd>
              <dt>Filed to</dt><dd>{item.requests.length ? item.requests.map((one, i) => <span key={one}>{i > 0 && ", "}<RefLink of={`request:${one}`} /></span>) : item.triaged ? "set aside" : "nothing yet"}</dd>
              <dt>Trace</dt><dd><RefLink of={`feedback:${item.feedback_id}`} to="trace">from asked to told</RefLink></dd>
            </dl>
          </div>
        )}
      </Answer>
    </Drawer>
  );
}
