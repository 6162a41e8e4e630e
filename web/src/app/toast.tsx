/** Short news at the foot of the page, with an undo where there is one. Errors stay longer and say the mend. */
import { useSyncExternalStore } from "react";
import { ApiError } from "@/api/client";

interface Toast { id: number; text: string; mend?: string; bad?: boolean; undo?: () => void; undoLabel?: string }

let toasts: Toast[] = [];
let next = 1;
const listeners = new Set<() => void>();
const tell = () => listeners.forEach((listener) => listener());
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export function dismiss(id: number): void {
  toasts = toasts.filter((toast) => toast.id !== id);
  tell();
}

export function toast(text: string, options: Omit<Toast, "id" | "text"> = {}): void {
  const id = next++;
  toasts = [...toasts.slice(-2), { id, text, ...options }];
  tell();
  setTimeout(() => dismiss(id), options.bad ? 9000 : options.undo ? 8000 : 4000);
}

export function toastError(error: unknown): void {
  if (error instanceof ApiError) toast(error.message, { mend: error.mend, bad: true });
  else toast(error instanceof Error ? error.message : String(error), { bad: true });
}

export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts, () => toasts);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map((one) => (
        <div key={one.id} className={`toast${one.bad ? " bad" : ""}`}>
          <span>{one.text} {one.mend && <span className="mend">{one.mend}</span>}</span>
          {one.undo && <button type="button" onClick={() => { one.undo!(); dismiss(one.id); }}>{one.undoLabel ?? "Undo"}</button>}
          {one.bad && <button type="button" aria-label="Dismiss" onClick={() => dismiss(one.id)}>×</button>}
        </div>
      ))}
    </div>
  );
}
