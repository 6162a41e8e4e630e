/** Light, dark or the system's theme: one choice, kept in the browser, written on <html>. */
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";

export type Choice = "light" | "dark" | "system";
const KEY = "callsheet.theme";

interface Colors { choice: Choice; dark: boolean; choose: (choice: Choice) => void }
const Context = createContext<Colors>({ choice: "system", dark: false, choose: () => undefined });

export const useColors = () => useContext(Context);

function stored(): Choice {
  try {
    const said = localStorage.getItem(KEY);
    return said === "light" || said === "dark" ? said : "system";
  } catch {
    return "system";
  }
}

export function ColorsProvider({ children }: { children: ReactNode }) {
  const [choice, setChoice] = useState<Choice>(stored);
  const [system, setSystem] = useState(() => matchMedia("(prefers-color-scheme: dark)").matches);
  useEffect(() => {
    const query = matchMedia("(prefers-color-scheme: dark)");
    const follow = () => setSystem(query.matches);
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, []);
  const dark = choice === "dark" || (choice === "system" && system);
  useEffect(() => {
    const root = document.documentElement;
    root.dataset.theme = root.dataset.mantineColorScheme = root.style.colorScheme = dark ? "dark" : "light";
  }, [dark]);
  const choose = useCallback((next: Choice) => {
    setChoice(next);
    try {
      if (next === "system") localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, next);
    } catch { /* a private window keeps it for this visit only */ }
  }, []);
  const value = useMemo(() => ({ choice, dark, choose }), [choice, dark, choose]);
  return <Context value={value}>{children}</Context>;
}
