/** Find: pages and actions at once, objects of the workspace as one types. */
import { Modal } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { get } from "@/api/client";
import type { SearchHit } from "@/api/types";
import { Icon, type IconName } from "@/components/Icon";
import { Pill } from "@/components/basics";
import { useColors } from "./colors";
import { ALL_ITEMS, SETTINGS } from "./nav";
import { registeredPages } from "./pages";
import { useSignIn } from "./session";
import { toastError } from "./toast";

interface Entry { id: string; group: string; title: string; note?: string; icon?: IconName; kind?: string; run: () => void }

function matches(text: string, words: string[]): boolean {
  const low = text.toLowerCase();
  return words.every((word) => low.includes(word));
}

/** Objects whose name holds the query, asked after a short rest of typing. */
function useHits(query: string): SearchHit[] {
  const [hits, setHits] = useState<SearchHit[]>([]);
  useEffect(() => {
    if (query.trim().length < 2) return setHits([]);
    let stale = false;
    const timer = setTimeout(() => {
      get<{ items: SearchHit[] }>("/api/search", { q: query.trim() }).then((answer) => { if (!stale) setHits(answer.items); }, () => setHits([]));
    }, 140);
    return () => { stale = true; clearTimeout(timer); };
  }, [query]);
  return hits;
}

export default function Palette({ onClose, onKeys }: { onClose: () => void; onKeys: () => void }) {
  const { history } = useRouter();
  const { choose } = useColors();
  const { signOut } = useSignIn();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const hits = useHits(query);
  const fixed = useMemo<Entry[]>(() => {
    const go = (href: string) => () => history.push(href);
    const known = new Set(["/api-docs", ...[...ALL_ITEMS, ...SETTINGS].map((item) => item.href)]);
    return [
      ...ALL_ITEMS.map((item) => ({ id: item.href, group: "Pages", title: item.label, icon: item.icon, note: `g ${item.letter}`, run: go(item.href) })),
      ...registeredPages.filter((page) => !known.has(page.path) && !page.path.includes("$")).map((page) => ({ id: page.path, group: "Pages", title: page.title, icon: "explore" as const, run: go(page.path) })),
      ...SETTINGS.map((item) => ({ id: item.href, group: "Settings", title: item.label, icon: "settings" as const, note: item.note, run: go(item.href) })),
      { id: "meeting", group: "Actions", title: "Meeting mode", icon: "system", note: "the call sheet in large type", run: go("/?meeting=1") },
      { id: "import", group: "Actions", title: "Import a file", icon: "upload", run: go("/settings/imports") },
      { id: "light", group: "Actions", title: "Light theme", icon: "sun", run: () => choose("light") },
      { id: "dark", group: "Actions", title: "Dark theme", icon: "moon", run: () => choose("dark") },
      { id: "api", group: "Settings", title: "API description", icon: "external", note: "every route, with curl", run: go("/api-docs") },
      { id: "keys", group: "Actions", title: "Keys", icon: "menu", note: "?", run: onKeys },
      { id: "out", group: "Actions", title: "Sign out", icon: "close", run: () => void signOut().catch(toastError) },
    ] as Entry[];
  }, [history, choose, signOut, onKeys]);
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = [
    ...fixed.filter((entry) => matches(`${entry.title} ${entry.group}`, words)),
    ...hits.map((hit) => ({ id: hit.ref, group: "In this workspace", title: hit.title, kind: hit.kind, note: hit.note ?? undefined, run: () => history.push(hit.href) }) as Entry),
  ];
  useEffect(() => setAt(0), [query]);
  const run = (entry: Entry | undefined) => {
    if (!entry) return;
    if (entry.id !== "keys") onClose();
    entry.run();
  };
  const press = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt((now) => (now + step + shown.length) % Math.max(1, shown.length));
    else if (event.key === "Enter") run(shown[at]);
    else return;
    event.preventDefault();
  };
  useEffect(() => document.getElementById(`find-${at}`)?.scrollIntoView({ block: "nearest" }), [at]);
  return (
    <Modal.Root opened onClose={onClose} size={580} yOffset="12vh" padding={0} className="palette"><Modal.Overlay /><Modal.Content aria-label="Find"><Modal.Body>
      <input className="palette-in" data-autofocus placeholder="Find a page, an initiative, a release, a customer…" value={query} onChange={(event) => setQuery(event.target.value)} onKeyDown={press}
        role="combobox" aria-expanded="true" aria-controls="find-list" aria-activedescendant={shown.length ? `find-${at}` : undefined} aria-label="Find" />
      <div className="palette-list" id="find-list" role="listbox" aria-label="Found">
        {shown.map((entry, i) => (
          <div key={entry.group + entry.id} role="presentation">
            {entry.group !== shown[i - 1]?.group && <div className="palette-group" role="presentation">{entry.group}</div>}
            <div id={`find-${i}`} className="palette-item" role="option" aria-selected={i === at} onMouseMove={() => setAt(i)} onClick={() => run(entry)}>
              {entry.icon ? <Icon name={entry.icon} /> : <Pill>{entry.kind}</Pill>}<span>{entry.title}</span>{entry.note && <span className="note">{entry.note}</span>}
            </div>
          </div>
        ))}
        {!shown.length && <div className="empty"><b>Nothing is called “{query}”</b><p>Try a word of its title, or a ref such as release:2026.47.</p></div>}
      </div>
    </Modal.Body></Modal.Content></Modal.Root>
  );
}
