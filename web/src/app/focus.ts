/** Gives the focus back when a dialog closes. Dialogs here leave the page at once, so that they cannot do it themselves. */
import { useEffect } from "react";

const KEPT = 4;
const OVER = "[role=dialog], [role=menu], [role=listbox]";
const held = (node: Node) => node instanceof Element && (node.matches("[role=dialog]") || node.querySelector("[role=dialog]") !== null);

export function keepFocus(page: Document): () => void {
  let past: HTMLElement[] = []; // the newest first; what is said at the foot of the page goes before what opened a dialog
  const note = (event: FocusEvent) => {
    if (event.target instanceof HTMLElement && !event.target.closest(OVER)) past = [event.target, ...past.filter((one) => one !== event.target)].slice(0, KEPT);
  };
  const watch = new MutationObserver((changes) => {
    const lost = !page.activeElement || page.activeElement === page.body;
    const last = past.find((one) => one.isConnected);
    if (lost && last && changes.some((one) => [...one.removedNodes].some(held)) && !page.querySelector("[role=dialog]")) last.focus({ preventScroll: true });
  });
  page.addEventListener("focusin", note);
  watch.observe(page.body, { childList: true, subtree: true });
  return () => {
    page.removeEventListener("focusin", note);
    watch.disconnect();
  };
}

export function useFocusBack(): void {
  useEffect(() => keepFocus(document), []);
}
