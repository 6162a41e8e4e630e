/** Small parts that every page uses. */
import { useEffect, useRef, useState, type ComponentPropsWithRef, type ReactNode } from "react";
import type { ApiError } from "@/api/client";
import { initials } from "@/lib/format";
import { Go } from "./Go";
import { Icon, type IconName } from "./Icon";

type Tone = "bad" | "warn" | "good" | "info" | "violet" | "plain";

export function Pill({ tone = "plain", children }: { tone?: Tone | string; children: ReactNode }) {
  return <span className={`pill ${tone}`}>{children}</span>;
}

/** Text in which `words between backticks` are code. */
export function Coded({ children }: { children: string }) {
  return children.split("`").map((part, i) => (i % 2 ? <code className="mono" key={i}>{part}</code> : part));
}

const hue = (name: string) => [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 4;

export function Avatar({ name }: { name: string }) {
  return <span className={`av h${hue(name)}`} aria-hidden="true" title={name}>{initials(name)}</span>;
}

type ButtonProps = ComponentPropsWithRef<"button"> & { primary?: boolean; quiet?: boolean; danger?: boolean; icon?: IconName; busy?: boolean };

export function Button({ primary, quiet, danger, icon, busy, children, className = "", ...rest }: ButtonProps) {
  const kind = [primary && "p", quiet && "q", danger && "danger", icon && !children && "icon", className].filter(Boolean).join(" ");
  return (
    <button type="button" {...rest} className={`btn ${kind}`} disabled={rest.disabled || busy} aria-busy={busy || undefined}>
      {icon && <Icon name={icon} />}{children}{busy && "…"}
    </button>
  );
}

export function Segments<T extends string>({ label, value, options, onChange, className = "" }: { label: string; value: T; options: { value: T; label: ReactNode; title?: string }[]; onChange: (value: T) => void; className?: string }) {
  const bar = useShown<HTMLDivElement>(options.findIndex((option) => option.value === value));
  return (
    <div className={`seg ${className}`} role="group" aria-label={label} ref={bar}>
      {options.map((option) => (
        <button key={option.value} type="button" aria-pressed={option.value === value} aria-label={option.title} title={option.title} onClick={() => onChange(option.value)}>{option.label}</button>
      ))}
    </div>
  );
}

export function Section({ title, note, end, children, id }: { title: ReactNode; note?: ReactNode; end?: ReactNode; children: ReactNode; id?: string }) {
  return (
    <section className="sect" id={id}>
      <header><h2>{title}</h2>{note && <span className="note">{note}</span>}{end && <span className="end">{end}</span>}</header>
      {children}
    </section>
  );
}

/** Nothing here, and the next step. */
export function Empty({ title, children, action }: { title: ReactNode; children?: ReactNode; action?: { label: string; href?: string; onClick?: () => void } }) {
  return (
    <div className="empty">
      <b>{title}</b>
      {children && <p>{children}</p>}
      {action && <div className="row">{action.href ? <Go className="btn" href={action.href}>{action.label}</Go> : <Button onClick={action.onClick}>{action.label}</Button>}</div>}
    </div>
  );
}

/** What went wrong, what to do, and a way to try again. */
export function Failed({ error, retry }: { error: ApiError | Error; retry?: () => void }) {
  const mend = "mend" in error ? (error as ApiError).mend : "";
  return (
    <div className="alert" role="alert">
      <div className="grow"><b>{error.message}</b>{mend && <div className="sub">{mend}</div>}</div>
      {retry && <Button onClick={retry}>Try again</Button>}
    </div>
  );
}

export function Skeleton({ lines = 3, height }: { lines?: number; height?: number }) {
  if (height) return <span className="skel" style={{ height }} aria-hidden="true" />;
  return <div className="stack" role="status" aria-busy="true" aria-label="Loading">{Array.from({ length: lines }, (_, i) => <span key={i} className="skel" style={{ width: `${96 - ((i * 23) % 40)}%` }} />)}</div>;
}

/** Shows children only after a moment, so that quick answers do not flicker. */
export function Later({ children, after = 150 }: { children: ReactNode; after?: number }) {
  const [due, setDue] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setDue(true), after);
    return () => clearTimeout(timer);
  }, [after]);
  return due ? children : null;
}

interface Asked<T> { data: T | undefined; error: ApiError | null; refetch: () => unknown }

/** Loading, failed, or the data: the three states of every question to the server. */
export function Answer<T>({ of, children, loading }: { of: Asked<T>; children: (data: T) => ReactNode; loading?: ReactNode }) {
  if (of.data !== undefined) return children(of.data);
  if (of.error) return <Failed error={of.error} retry={() => void of.refetch()} />;
  return <Later>{loading ?? <Skeleton lines={4} />}</Later>;
}

/** Tabs whose state is an address. */
export function Tabs({ items }: { items: { label: ReactNode; href: string; on: boolean }[] }) {
  const bar = useShown<HTMLElement>(items.findIndex((item) => item.on));
  return <nav className="tabs" aria-label="Parts" ref={bar}>{items.map((item) => <Go key={item.href} href={item.href} aria-current={item.on ? "page" : undefined}>{item.label}</Go>)}</nav>;
}

/** A bar that scrolls sideways until the part at this place is in its middle. */
function useShown<T extends HTMLElement>(place: number) {
  const bar = useRef<T>(null);
  useEffect(() => {
    const on = bar.current?.children[place] as HTMLElement | undefined;
    if (bar.current && on) bar.current.scrollLeft = on.offsetLeft - bar.current.offsetLeft - (bar.current.clientWidth - on.offsetWidth) / 2;
  }, [place]);
  return bar;
}
