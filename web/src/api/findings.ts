/** The states of a finding, each a resource: put there, or taken away again (the undo). */
import { useQueryClient } from "@tanstack/react-query";
import { toast, toastError } from "@/app/toast";
import { request } from "./client";
import type { Finding, FindingAction } from "./types";

type Mark = "acknowledgement" | "snooze" | "dismissal";
const DONE: Record<Mark, string> = { acknowledgement: "Acknowledged", snooze: "Snoozed", dismissal: "Dismissed" };

export function markPath(id: string, mark: Mark): string {
  return `/api/findings/${encodeURIComponent(id)}/${mark}`;
}

export function useFindingMarks() {
  const cache = useQueryClient();
  const refresh = () => cache.invalidateQueries();
  const unmark = (finding: Finding, kind: Mark) => request("DELETE", markPath(finding.id, kind)).then(refresh, toastError);
  const mark = async (finding: Finding, kind: Mark, body: object = {}) => {
    try {
      await request("POST", markPath(finding.id, kind), body);
      toast(`${DONE[kind]}: ${finding.title}`, { undo: () => void unmark(finding, kind) });
      await refresh();
    } catch (error) {
      toastError(error);
    }
  };
  return {
    acknowledge: (finding: Finding) => mark(finding, "acknowledgement"),
    snooze: (finding: Finding, until: string) => mark(finding, "snooze", { until }),
    dismiss: (finding: Finding, reason: string) => mark(finding, "dismissal", { reason }),
    reopen: (finding: Finding) => unmark(finding, finding.state === "snoozed" ? "snooze" : finding.state === "dismissed" ? "dismissal" : "acknowledgement"),
  };
}

/** Whether an action is a page to go to and changes nothing by itself. */
export const leads = (action: FindingAction) => ["", "GET"].includes((action.method ?? "").toUpperCase());

/** Does what an action says: one that leads goes to its page; everything else is sent, with the reason where one is asked for. */
export function useFindingAction(go: (href: string) => void) {
  const cache = useQueryClient();
  return async (action: FindingAction, reason?: string) => {
    if (leads(action)) return go(action.href);
    if (action.confirm && !window.confirm(action.confirm)) return;
    try {
      const body = action.body && typeof action.body === "object" ? { ...action.body, ...(reason ? { reason } : {}) } : reason ? { reason } : action.body ?? {};
      const answer = await request<{ href?: string } | undefined>(action.method.toUpperCase(), action.href, body);
      toast(`Done: ${action.label.replace(/…$/, "")}`);
      await cache.invalidateQueries();
      if (answer && typeof answer === "object" && typeof answer.href === "string" && answer.href.startsWith("/") && !answer.href.startsWith("/api/")) go(answer.href);
    } catch (error) {
      toastError(error);
    }
  };
}
