/** A link inside the app: a real <a>, so that middle click, copy and screen readers work. */
import { useRouter } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, MouseEvent } from "react";
import { refHref } from "@/lib/url";
import { useTitle } from "./useTitle";

const plainClick = (event: MouseEvent) => event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
const inside = (href: string) => href.startsWith("/") && !href.startsWith("//") && !href.startsWith("/api/");

type GoProps = AnchorHTMLAttributes<HTMLAnchorElement> & { href: string };

export function Go({ href, onClick, ...rest }: GoProps) {
  const { history } = useRouter();
  const outside = !inside(href) ? (href.startsWith("http") ? { target: "_blank", rel: "noreferrer" } : {}) : {};
  const go = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || !inside(href) || !plainClick(event) || rest.target) return;
    event.preventDefault();
    history.push(href);
  };
  return <a {...outside} {...rest} href={safe(href)} onClick={go} />;
}

/** Only http(s), mail and local addresses: data from tools may carry others. */
export function safe(href: string): string {
  return /^(https?:|mailto:|\/(?!\/)|#|\?)/i.test(href) ? href : "#";
}

/** Whether some page is registered for a path; the palette and RefLink lead only to pages that are there. */
export function useKnown(): (path: string) => boolean {
  const router = useRouter();
  return (path) => router.getMatchedRoutes(path)[2] !== undefined;
}

/** A link to the page of a ref, or to its trace. */
export function RefLink({ of, children, className = "ev", to }: { of: string; children?: React.ReactNode; className?: string; to?: "trace" }) {
  const known = useKnown();
  const name = useTitle(of, children === undefined);
  return <Go className={className} href={refHref(of, to === "trace" ? undefined : known)} title={of}>{children ?? name}</Go>;
}
