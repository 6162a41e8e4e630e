/** Triage by keyboard: j/k move, 1 to 3 file to a suggestion, n opens a request, x sets aside, u undoes. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { bringFeedbackItemBack, feedbackInbox, fileFeedbackItem, setFeedbackItemAside, unfileFeedbackItem } from "@/api/generated";
import { ask, useAsk } from "@/api/runtime";
import { useMay } from "@/app/session";
import { toast, toastError } from "@/app/toast";
import { Answer, Empty } from "@/components/basics";
import { SearchBox } from "@/components/DataTable";
import * as format from "@/lib/format";
import { typing, useListKeys } from "@/lib/keys";
import { useUrlState } from "@/lib/url";
import { InboxItem } from "./InboxItem";
import { NewRequestDialog } from "./NewRequestDialog";
import type { Item } from "./types";

const path = (item: Item) => ({ feedback_id: item.feedback_id });

export function Inbox() {
  const cache = useQueryClient();
  const may = useMay("member");
  const [q, setQ] = useUrlState("q", "");
  const asked = useAsk(feedbackInbox, { query: { q, size: 100 } });
  const items = asked.data?.items ?? [];
  const [at, setAt] = useListKeys(items.length);
  const [opening, setOpening] = useState<Item | null>(null);
  const last = useRef<(() => void) | null>(null);

  const change = async (done: string, act: () => Promise<unknown>, back: () => Promise<unknown>) => {
    try {
      await act();
      const undo = () => {
        last.current = null;
        void back().then(() => cache.invalidateQueries(), toastError);
      };
      last.current = undo;
      toast(done, { undo });
      await cache.invalidateQueries();
    } catch (error) {
      toastError(error);
    }
  };
  const file = (item: Item, request: string, title: string) =>
    change(`Filed to “${title}”.`, () => ask(fileFeedbackItem({ path: path(item), body: { requests: [request] } })), () => ask(unfileFeedbackItem({ path: path(item), query: { request: [request] } })));
  const aside = (item: Item) => change("Set aside: it asks for nothing.", () => ask(setFeedbackItemAside({ path: path(item), body: {} })), () => ask(bringFeedbackItemBack({ path: path(item) })));

  useEffect(() => {
    if (!may) return;
    const press = (event: KeyboardEvent) => {
      if (typing(event.target) || event.metaKey || event.ctrlKey || event.altKey) return;
      const item = items[at];
      const likely = item?.suggestions["123".indexOf(event.key)];
      if (event.key === "u" && last.current) last.current();
      else if (item && likely) void file(item, likely.request, likely.title);
      else if (item && event.key === "n") setOpening(item);
      else if (item && event.key === "x") void aside(item);
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  });

  return (
    <>
      <div className="tools">
        <SearchBox value={q} onChange={setQ} label="Search the inbox" />
        <span className="grow" />
        <span className="mut small inbox-keys"><kbd>j</kbd> <kbd>k</kbd> move · <kbd>1</kbd>–<kbd>3</kbd> file · <kbd>n</kbd> new request · <kbd>x</kbd> set aside · <kbd>u</kbd> undo</span>
      </div>
      <Answer of={asked}>
        {(page) => page.items.length ? (
          <>
            <div className="card">{page.items.map((item, i) => <InboxItem key={item.feedback_id} item={item} row={i} on={i === at} may={may} onPoint={() => setAt(i)} onFile={file} onNew={setOpening} onAside={aside} />)}</div>
            <div className="coverage">{format.count(page.total, "item")} filed to no request. A likeness is a guess from shared words; you decide.</div>
          </>
        ) : (
          <div className="card">{q ? <Empty title={`Nothing matches “${q}”`} action={{ label: "Clear the search", onClick: () => setQ("") }} /> : <Empty title="The inbox is empty" action={{ label: "Requests", href: "/feedback?tab=requests" }}>Every item is filed or set aside. New feedback appears here when it is imported or recorded.</Empty>}</div>
        )}
      </Answer>
      {opening && <NewRequestDialog item={opening} onClose={() => setOpening(null)} />}
    </>
  );
}
