/** The view of a table: what is searched, sorted and paged, here or on the server. */
import type { Column, Row } from "@/api/types";
import * as format from "./format";

export interface View { page: number; size: number; sort: string; q: string }

function compare(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), "en", { numeric: true });
}

/** Sorted by `key` or `-key`; rows with no value come last either way. */
export function sorted(rows: Row[], sort: string): Row[] {
  if (!sort) return rows;
  const down = sort.startsWith("-");
  const key = down ? sort.slice(1) : sort;
  const missing = (row: Row) => row[key] === null || row[key] === undefined || row[key] === "";
  return [...rows].sort((a, b) => {
    if (missing(a) || missing(b)) return Number(missing(a)) - Number(missing(b));
    return down ? compare(b[key], a[key]) : compare(a[key], b[key]);
  });
}

/** Rows in which every word of `q` occurs somewhere. */
export function searched(rows: Row[], q: string): Row[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return rows;
  return rows.filter((row) => {
    const text = Object.values(row).join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

export function viewed(rows: Row[], view: View): { rows: Row[]; total: number } {
  const found = sorted(searched(rows, view.q), view.sort);
  const from = (view.page - 1) * view.size;
  return { rows: found.slice(from, from + view.size), total: found.length };
}

/** Columns for rows that came without: their keys in order, numbers to the right. */
export function inferred(rows: Row[]): Column[] {
  const first = rows[0] ?? {};
  return Object.keys(first).map((key) => ({ key, label: format.humanise(key), align: typeof first[key] === "number" ? "right" : "left" }));
}

export function alignsRight(column: Column, rows: Row[]): boolean {
  if (column.align) return column.align === "right" || column.align === "end";
  if (format.isNumeric(column.unit)) return true;
  const value = rows.find((row) => row[column.key] !== null && row[column.key] !== undefined)?.[column.key];
  return typeof value === "number" && !column.ref;
}

function quoted(raw: unknown): string {
  const text = raw === null || raw === undefined ? "" : typeof raw === "object" ? JSON.stringify(raw) : String(raw);
  const guarded = typeof raw === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text; // spreadsheets would run it
  return /[",\n\r]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/** RFC 4180, with a header line of labels. Raw values, so that the numbers can be used. */
export function csv(columns: Column[], rows: Row[]): string {
  const lines = [columns.map((column) => quoted(column.label)), ...rows.map((row) => columns.map((column) => quoted(row[column.key])))];
  return `${lines.map((line) => line.join(",")).join("\r\n")}\r\n`;
}

export function download(name: string, text: string, type = "text/csv;charset=utf-8"): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
