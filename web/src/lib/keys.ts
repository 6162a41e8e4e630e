/** Keys of lists: j/k or arrows move, Enter opens. Off while someone is typing. */
import { useEffect, useState } from "react";

export function typing(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  return Boolean(element?.closest?.("input, textarea, select, [contenteditable=true], [role=dialog], [role=menu]"));
}

/** The index of the row under the keyboard, -1 before the first key. Only one list of a page may ask for the keys. */
export function useListKeys(length: number, open?: (index: number) => void, active = true): [number, (index: number) => void] {
  const [index, setIndex] = useState(-1);
  useEffect(() => setIndex((now) => Math.min(now, length - 1)), [length]);
  useEffect(() => {
    if (!active || length === 0) return;
    const press = (event: KeyboardEvent) => {
      if (typing(event.target) || event.metaKey || event.ctrlKey || event.altKey) return;
      if (event.key === "j") setIndex((now) => Math.min(now + 1, length - 1));
      else if (event.key === "k") setIndex((now) => Math.max(now - 1, 0));
      else if (event.key === "Enter" && index >= 0 && !(event.target as HTMLElement).closest("a, button")) open?.(index);
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [active, length, open, index]);
  useEffect(() => {
    if (index >= 0) document.querySelector(`[data-row="${index}"]`)?.scrollIntoView({ block: "nearest" });
  }, [index]);
  return [index, setIndex];
}
