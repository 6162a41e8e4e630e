/** Where the keyboard goes on when what it was in has gone. */
import { useEffect, useRef, type RefObject } from "react";

/** The element that takes the focus once `away` ends: after it is drawn, however late that is. */
export function useFocusBack<T extends HTMLElement>(away: boolean): RefObject<T | null> {
  const back = useRef<T>(null);
  const was = useRef(away);
  useEffect(() => {
    if (was.current && !away) back.current?.focus();
    was.current = away;
  }, [away]);
  return back;
}
