/** Progress of a job that takes more than a second, told by the server as it goes. */
import { useEffect, useState } from "react";
import { useGet } from "@/api/client";
import { useStream } from "@/api/stream";
import type { JobEvent } from "@/api/types";
import * as format from "@/lib/format";

const OVER = new Set(["done", "success", "succeeded", "failed", "error", "cancelled"]);
const WRONG = new Set(["failed", "error"]);

/** The latest news of a job: asked once and then heard. */
export function useJob(id: string | null): JobEvent | null {
  const [job, setJob] = useState<JobEvent | null>(null);
  const asked = useGet<JobEvent>(id ? `/api/jobs/${encodeURIComponent(id)}` : null);
  useEffect(() => setJob(null), [id]);
  useStream((event) => {
    if (event.type === "job" && id && (event as JobEvent).id === id) setJob(event as JobEvent);
  });
  return job ?? asked.data ?? null;
}

export const isOver = (job: JobEvent | null) => Boolean(job?.state && OVER.has(job.state.toLowerCase()));

export function Progress({ job: id, label, onDone }: { job: string; label: string; onDone?: () => void }) {
  const job = useJob(id);
  const over = isOver(job);
  useEffect(() => {
    if (over) onDone?.();
  }, [over]); // eslint-disable-line react-hooks/exhaustive-deps -- told once, when the job ends
  const wrong = WRONG.has(job?.state?.toLowerCase() ?? "");
  const part = job?.total ? Math.min(1, (job.done ?? 0) / job.total) : over ? 1 : undefined;
  return (
    <div className="stack tight" role="status">
      <div className="row small"><span className="grow">{label}</span><span className={wrong ? "down" : "mut"}>{wrong ? job?.error || job?.note || "failed" : over ? "done" : job?.note || (job?.total ? `${format.number(job.done ?? 0)} of ${format.number(job.total)}` : "working…")}</span></div>
      <div className="bar" role="progressbar" aria-label={label} aria-valuenow={part === undefined ? undefined : Math.round(part * 100)} aria-valuemin={0} aria-valuemax={100}>{part === undefined ? <span className="skel" style={{ height: 5 }} /> : <i style={{ width: `${part * 100}%` }} />}</div>
    </div>
  );
}
