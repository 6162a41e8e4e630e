/** Markdown as elements, never as HTML: text from outside cannot bring tags, scripts or odd links. */
import { Fragment, type ReactNode } from "react";
import { Go, safe } from "./Go";

const INLINE = /(`[^`]+`)|(\*\*[^*]+\*\*|__[^_]+__)|(\*[^*\s][^*]*\*|(?<![\w])_[^_\s][^_]*_(?![\w]))|(!?\[[^\]]*\]\([^()\s]+(?:\([^()]*\))?[^()\s]*\))|(https?:\/\/[^\s<>)\]]*[^\s<>)\].,;:!?])/g;

function inline(text: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > from) parts.push(text.slice(from, match.index));
    parts.push(<Fragment key={match.index}>{piece(match[0])}</Fragment>);
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}

function piece(raw: string): ReactNode {
  if (raw.startsWith("`")) return <code>{raw.slice(1, -1)}</code>;
  if (raw.startsWith("**") || raw.startsWith("__")) return <strong>{inline(raw.slice(2, -2))}</strong>;
  if (raw.startsWith("http")) return <Go href={raw}>{raw}</Go>;
  const link = /^!?\[([^\]]*)\]\((.+)\)$/.exec(raw);
  if (link) return <Go href={safe(link[2]!)}>{raw.startsWith("!") ? link[1] || "picture" : inline(link[1]!)}</Go>;
  return <em>{inline(raw.slice(1, -1))}</em>;
}

export type Block =
  | { kind: "heading"; level: number; text: string }
  | { kind: "list"; ordered: boolean; items: string[] }
  | { kind: "code" | "quote" | "text"; text: string }
  | { kind: "table"; head: string[]; rows: string[][] }
  | { kind: "rule" };

const ITEM = /^\s*(?:[-*+]|\d+[.)])\s+/;
const cells = (line: string) => line.trim().replace(/^\||\|$/g, "").split("|").map((one) => one.trim());
const STARTS = /^(#{1,6}\s|```|>|\s*(?:[-*+]|\d+[.)])\s+|(?:-{3,}|\*{3,})\s*$)/;

/** The blocks of a text: headings, lists, code, quotes, tables, rules and paragraphs. */
export function blocks(source: string): Block[] {
  const lines = source.replace(/\r\n?/g, "\n").split("\n");
  const found: Block[] = [];
  const take = (test: (line: string) => boolean): string[] => {
    const taken: string[] = [];
    while (lines.length && test(lines[0]!)) taken.push(lines.shift()!);
    return taken;
  };
  while (lines.length) {
    const line = lines[0]!;
    const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
    if (!line.trim()) lines.shift();
    else if (heading) { lines.shift(); found.push({ kind: "heading", level: heading[1]!.length, text: heading[2]! }); }
    else if (line.startsWith("```")) { lines.shift(); found.push({ kind: "code", text: take((one) => !one.startsWith("```")).join("\n") }); lines.shift(); }
    else if (/^(-{3,}|\*{3,})\s*$/.test(line)) { lines.shift(); found.push({ kind: "rule" }); }
    else if (line.startsWith(">")) found.push({ kind: "quote", text: take((one) => one.startsWith(">")).map((one) => one.replace(/^>\s?/, "")).join("\n") });
    else if (ITEM.test(line)) found.push({ kind: "list", ordered: /^\s*\d/.test(line), items: items(take((one) => ITEM.test(one) || /^\s{2,}\S/.test(one))) });
    else if (line.includes("|") && /^\s*\|?\s*:?-{2,}/.test(lines[1] ?? "")) { const head = cells(lines.shift()!); lines.shift(); found.push({ kind: "table", head, rows: take((one) => one.includes("|")).map(cells) }); }
    else { const first = lines.shift()!; found.push({ kind: "text", text: [first, ...take((one) => Boolean(one.trim()) && !STARTS.test(one))].join(" ") }); }
  }
  return found;
}

function items(lines: string[]): string[] {
  return lines.reduce<string[]>((list, line) => {
    if (ITEM.test(line)) list.push(line.replace(ITEM, ""));
    else list[list.length - 1] += ` ${line.trim()}`;
    return list;
  }, []);
}

function shown(block: Block): ReactNode {
  switch (block.kind) {
    case "heading": { const Level = block.level <= 1 ? "h2" : block.level === 2 ? "h3" : "h4"; return <Level>{inline(block.text)}</Level>; }
    case "list": { const List = block.ordered ? "ol" : "ul"; return <List>{block.items.map((item, i) => <li key={i}>{inline(item)}</li>)}</List>; }
    case "code": return <pre tabIndex={0}><code>{block.text}</code></pre>;
    case "quote": return <blockquote>{inline(block.text)}</blockquote>;
    case "rule": return <hr />;
    case "table": return <div className="scroll" tabIndex={0}><table className="tbl"><thead><tr>{block.head.map((one, i) => <th key={i}>{inline(one)}</th>)}</tr></thead><tbody>{block.rows.map((row, i) => <tr key={i}>{row.map((one, j) => <td key={j}>{inline(one)}</td>)}</tr>)}</tbody></table></div>;
    default: return <p>{inline(block.text)}</p>;
  }
}

export function Markdown({ children }: { children: string }) {
  return <div className="md">{blocks(children).map((block, i) => <Fragment key={i}>{shown(block)}</Fragment>)}</div>;
}
