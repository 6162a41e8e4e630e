/** Keys of the whole app: Ctrl-K or / finds, g then a letter goes, ? explains. */
import { useEffect, useRef } from "react";
import { typing } from "@/lib/keys";
import { ALL_ITEMS } from "./nav";

interface Keys { find: () => void; help: () => void; go: (href: string) => void }

export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  useEffect(() => { latest.current = keys; });
  useEffect(() => {
    let pressedG = 0;
    const press = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        return latest.current.find();
      }
      if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
      const item = Date.now() - pressedG < 1200 ? ALL_ITEMS.find((one) => one.letter === event.key) : undefined;
      pressedG = event.key === "g" ? Date.now() : 0;
      if (item) latest.current.go(item.href);
      else if (event.key === "?") latest.current.help();
      else if (event.key === "/") latest.current.find();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}
