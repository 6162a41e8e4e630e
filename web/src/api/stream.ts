/** Server-sent events: one connection for the whole app, handed to whoever listens. */
import { useEffect, useRef } from "react";
import type { StreamEvent } from "./types";

type Listener = (event: StreamEvent) => void;

const listeners = new Set<Listener>();
let source: EventSource | null = null;

function receive(message: MessageEvent<string>): void {
  let event: StreamEvent;
  try {
    event = JSON.parse(message.data) as StreamEvent;
  } catch {
    return; // a keep-alive line carries no JSON
  }
  if (!event.type && message.type !== "message") event.type = message.type as StreamEvent["type"];
  listeners.forEach((tell) => tell(event));
}

export function openStream(): void {
  if (source || typeof EventSource === "undefined") return;
  source = new EventSource("/api/stream");
  source.onmessage = receive;
  for (const type of ["job", "changed", "log"]) source.addEventListener(type, receive as EventListener);
}

export function closeStream(): void {
  source?.close();
  source = null;
}

export function useStream(listener: Listener): void {
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => {
    const tell: Listener = (event) => latest.current(event);
    listeners.add(tell);
    return () => void listeners.delete(tell);
  }, []);
}
