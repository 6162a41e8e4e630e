/** The names of the API's core shapes in the pages. All come from the generated client, so that a change of the API is met here. */
import type {
  ActionOut, CallsheetHttpRoutesReadingsColumnOut, FindingDetail, FindingOut, Forecast, SectionOut, SessionInfo, SheetOut, SpanOutput as Span,
  CallsheetHttpRoutesReadingsTable as Table, Who,
} from "./generated";

export type {
  Card as TraceCard, Change, Contact as TracePerson, EvidenceOut as Evidence, Figure, HistoryEntry as FindingEvent, Hit as SearchHit, MetricInfo as MetricEntry,
  PieceOut as Piece, CallsheetMetricsFigurePoint as Point, ReportInfo as ReportEntry, Trace,
} from "./generated";

export type Row = Record<string, unknown>;
export type Scope = Record<string, string>;
export type Period = Span;
/** `ref` is the kind of object that the cells name ("any": whole refs); `href` a template such as "/delivery?item={item_id}". */
export type Column = Pick<CallsheetHttpRoutesReadingsColumnOut, "key" | "label"> & Partial<CallsheetHttpRoutesReadingsColumnOut> & { align?: string };
export type Report = Table;

export type FindingAction = ActionOut;
/** As lists and sheets show it; its own page adds the history. */
export type Finding = FindingOut & Partial<Pick<FindingDetail, "history">>;
export type Severity = Finding["severity"];

export type Sheet = SheetOut;
export type Cadence = Sheet["cadence"];
export type SheetSection = SectionOut;
/** A row of the promises; `chance` is a share (0 to 1). */
export type Promised = Forecast;

export type Session = SessionInfo;
export type Actor = Who;
export type Role = Actor["role"];

/** A page of a list. */
export interface Page<T> { items: T[]; total: number; page: number; size: number }

export interface StreamEvent { type: "job" | "changed" | "log"; [key: string]: unknown }
export interface JobEvent extends StreamEvent { type: "job"; id: string; name?: string; done?: number; total?: number | null; state?: string; note?: string; error?: string | null }
