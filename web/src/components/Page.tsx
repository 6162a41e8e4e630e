/** The frame of every page: crumbs and actions in the top bar, the content below. */
import { useEffect, type ReactNode } from "react";
import { createPortal } from "react-dom";
import { createContext, useContext } from "react";
import { Go } from "./Go";

export interface Crumb { label: string; href?: string }
interface Slots { crumbs: HTMLElement | null; actions: HTMLElement | null; workspace: string }

export const SlotContext = createContext<Slots>({ crumbs: null, actions: null, workspace: "" });

interface PageProps { title: string; crumbs?: Crumb[]; actions?: ReactNode; width?: "wide" | "narrow"; children: ReactNode }

export function Page({ title, crumbs, actions, width, children }: PageProps) {
  const slots = useContext(SlotContext);
  useEffect(() => {
    document.title = `${title} · ${slots.workspace || "Callsheet"}`;
  }, [title, slots.workspace]);
  const trail: Crumb[] = crumbs ?? [{ label: slots.workspace, href: "/" }];
  return (
    <>
      {slots.crumbs && createPortal(
        <>
          {trail.map((crumb, i) => (
            <span className="hide" key={i}>{crumb.href ? <Go className="crumb" href={crumb.href}>{crumb.label}</Go> : <span className="crumb">{crumb.label}</span>} <span className="crumb" aria-hidden="true">/</span></span>
          ))}
          <b>{title}</b>
        </>, slots.crumbs)}
      {slots.actions && actions && createPortal(actions, slots.actions)}
      <div className={`page ${width ?? ""}`}>{children}</div>
    </>
  );
}

/** A page's title with what it is about in one line. */
export function Head({ title, sub, kicker, end }: { title: ReactNode; sub?: ReactNode; kicker?: ReactNode; end?: ReactNode }) {
  return (
    <div className="pagehead">
      <div>{kicker && <div className="kicker">{kicker}</div>}<h1>{title}</h1>{sub && <div className="sub">{sub}</div>}</div>
      {end && <div className="row wrap">{end}</div>}
    </div>
  );
}
