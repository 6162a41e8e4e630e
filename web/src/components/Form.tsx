/** Forms: plain inputs with a label, a hint and what is wrong; one hook for sending. */
import { useId, useState, type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, type TextareaHTMLAttributes } from "react";
import { useQueryClient } from "@tanstack/react-query";
import { ApiError } from "@/api/client";
import { toast, toastError } from "@/app/toast";

interface FieldProps { label: string; hint?: ReactNode; wrong?: string }

function Frame({ id, label, hint, wrong, children }: FieldProps & { id: string; children: ReactNode }) {
  return <div className="field"><label htmlFor={id}>{label}</label>{children}{wrong ? <span className="wrong" id={`${id}-note`}>{wrong}</span> : hint ? <span className="hint" id={`${id}-note`}>{hint}</span> : null}</div>;
}

export function TextField({ label, hint, wrong, ...rest }: FieldProps & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  return <Frame {...{ id, label, hint, wrong }}><input {...rest} id={id} className="input" aria-invalid={Boolean(wrong)} aria-describedby={wrong || hint ? `${id}-note` : undefined} /></Frame>;
}

export function AreaField({ label, hint, wrong, ...rest }: FieldProps & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const id = useId();
  return <Frame {...{ id, label, hint, wrong }}><textarea {...rest} id={id} className="input" aria-invalid={Boolean(wrong)} /></Frame>;
}

type Option = string | { value: string; label: string };

export function SelectField({ label, hint, wrong, options, ...rest }: FieldProps & SelectHTMLAttributes<HTMLSelectElement> & { options: Option[] }) {
  const id = useId();
  return (
    <Frame {...{ id, label, hint, wrong }}>
      <select {...rest} id={id} className="input">{options.map((option) => { const { value, label: text } = typeof option === "string" ? { value: option, label: option } : option; return <option key={value} value={value}>{text}</option>; })}</select>
    </Frame>
  );
}

/** Sends a change, tells how it went, and refreshes what is shown. True when it went well. */
export function useSend() {
  const cache = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const send = async <T,>(change: () => Promise<T>, done?: string): Promise<T | undefined> => {
    setBusy(true);
    setError(null);
    try {
      const answer = await change();
      if (done) toast(done);
      await cache.invalidateQueries();
      return answer ?? (true as T);
    } catch (problem) {
      if (problem instanceof ApiError && problem.status === 422) setError(problem);
      else toastError(problem);
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  return { send, busy, error };
}

/** What a form holds, trimmed. Naming the keys of a request's body ties the fields to it: `formValues<keyof GoalIn>(form)`. */
export const formValues = <K extends string = string>(form: HTMLFormElement) => Object.fromEntries([...new FormData(form)].map(([key, value]) => [key, String(value).trim()])) as Record<K, string>;
