/** The live tail: events as they come in, the newest first, held while paused. */
import { useEffect, useRef, useState } from "react";
import { withParams } from "@/api/client";
import { newest } from "@/api/generated";
import { ask } from "@/api/runtime";

export interface TailRow {
  key: number; state: "stored" | "refused" | "set_aside"; source: string; received_at: string;
  event?: string; event_id?: string; distinct_id?: string; account_id?: string; occurred_at?: string; properties?: Record<string, unknown>;
  code?: string; reason?: string; raw?: string; amount?: number;
}
export interface Wanted { source: string; event: string; person: string }
const MOST = 500;
const FIRST = 50;
const PULSE = 250;

export function useTail(wanted: Wanted, paused: boolean) {
  const [rows, setRows] = useState<TailRow[]>([]);
  const [held, setHeld] = useState(0);
  const [lost, setLost] = useState(0);
  const [open, setOpen] = useState(false);
  const waiting = useRef<TailRow[]>([]);
  const number = useRef(0);
  const { source, event, person } = wanted;
  const [begun, setBegun] = useState(false);
  useEffect(() => { // what came in last stands there at once
    const stop = new AbortController();
    setBegun(false);
    ask(newest({ query: { source, event, person, size: FIRST }, signal: stop.signal }))
      .then((found) => {
        const old = found.map((one) => ({ ...one, occurred_at: one.occurred_at ?? undefined, key: ++number.current }) as TailRow);
        setRows((now) => {
          const known = new Set(now.map((one) => one.event_id).filter(Boolean));
          return [...now, ...old.filter((one) => !one.event_id || !known.has(one.event_id))].slice(0, MOST);
        });
        setBegun(true);
      })
      .catch(() => !stop.signal.aborted && setBegun(true)); // the stream itself tells of a server that is away
    return () => stop.abort();
  }, [source, event, person]);
  useEffect(() => {
    const stream = new EventSource(withParams("/api/usage/tail", { source, event, person }));
    waiting.current = [];
    setRows([]);
    setLost(0);
    stream.onopen = () => setOpen(true);
    stream.onerror = () => setOpen(false);
    stream.onmessage = (message: MessageEvent<string>) => {
      const said = JSON.parse(message.data) as { type: string; amount?: number } & Omit<TailRow, "key">;
      if (said.type === "lost") setLost((now) => now + (said.amount ?? 0));
      else waiting.current = [{ ...said, key: ++number.current }, ...waiting.current].slice(0, MOST);
    };
    return () => stream.close();
  }, [source, event, person]);
  useEffect(() => {
    const timer = setInterval(() => {
      if (paused) return setHeld(waiting.current.length);
      setHeld(0);
      if (!waiting.current.length) return;
      const news = waiting.current;
      waiting.current = [];
      setRows((now) => [...news, ...now].slice(0, MOST));
    }, PULSE);
    return () => clearInterval(timer);
  }, [paused]);
  return { rows, held, lost, open, begun, clear: () => setRows([]) };
}
