/** Who is signed in. The session is asked once, before anything else; 401 anywhere leads to sign-in. */
import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useMemo, type ReactNode } from "react";
import { ApiError, get, getQuery, onSignedOut, request, setCsrf } from "@/api/client";
import { closeStream, openStream, useStream } from "@/api/stream";
import type { Role, Session } from "@/api/types";
import { setHouse } from "@/lib/format";

const Context = createContext<Session | null>(null);
const KEY = ["session"];
const RANK: Record<Role, number> = { viewer: 0, member: 1, owner: 2 };

/** The session of the signed-in person. Only inside the shell. */
export function useSession(): Session {
  const session = useContext(Context);
  if (!session) throw new Error("useSession is used outside of the signed-in part.");
  return session;
}

/** Whether the signed-in person has at least this role; the server decides in the end. */
export function useMay(role: Role): boolean {
  return RANK[useSession().actor.role] >= RANK[role];
}

/** How a colleague is called: by the directory, else the id made readable. */
export function useName(): (id: string) => string {
  const names = useContext(Context)?.names;
  return (id) => {
    if (id === "system") return "Callsheet";
    const bare = id.replace(/^[a-z]+:/, "");
    return names?.[bare] ?? bare.charAt(0).toUpperCase() + bare.slice(1);
  };
}

const LEFT = "callsheet.left";
/** That this browser was signed in: its next visit asks for session and sheet at once. */
const WAS_IN = "callsheet.was-in";

async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError && [401, 404, 405].includes(error.status)) return null;
    throw error;
  }
}

/** Signs in as the sample company's owner, where the workspace has one. False where it has none. */
export async function signInDemo(): Promise<boolean> {
  return (await orNull(request("POST", "/api/session/demo").then(() => true))) ?? false;
}

/** The session, null when nobody is signed in. The sample company signs its visitor in, until that one signs out. */
async function fetchSession(): Promise<Session | null> {
  let session = await orNull(get<Session>("/api/session"));
  if (!session && !sessionStorage.getItem(LEFT) && (await signInDemo())) session = await orNull(get<Session>("/api/session"));
  if (!session) {
    localStorage.removeItem(WAS_IN);
    return null;
  }
  localStorage.setItem(WAS_IN, "1");
  setCsrf(session.csrf);
  setHouse(session.workspace);
  return session;
}

export const sessionQuery = { queryKey: KEY, queryFn: fetchSession, staleTime: 60_000 };

/** Asks before the first render: the session and, on the home page, its sheet; both at once where this browser was signed in. */
export async function askEarly(cache: QueryClient): Promise<void> {
  const session = cache.prefetchQuery(sessionQuery);
  if (!localStorage.getItem(WAS_IN)) await session;
  if (window.location.pathname !== "/" || (!localStorage.getItem(WAS_IN) && !cache.getQueryData(KEY))) return;
  const cadence = new URLSearchParams(window.location.search).get("cadence") ?? "weekly";
  await cache.prefetchQuery(getQuery("/api/sheet", { cadence }));
}

export function useSessionQuery() {
  return useQuery<Session | null, ApiError>(sessionQuery);
}

export function useSignIn() {
  const cache = useQueryClient();
  return {
    signIn: async (email: string, password: string) => {
      await request("POST", "/api/session", { email, password });
      sessionStorage.removeItem(LEFT);
      await cache.resetQueries();
    },
    /** As the demo user; false where the workspace has none. */
    signInDemo: async () => {
      const done = await signInDemo();
      if (done) {
        sessionStorage.removeItem(LEFT);
        await cache.resetQueries();
      }
      return done;
    },
    signOut: async () => {
      await request("DELETE", "/api/session");
      sessionStorage.setItem(LEFT, "1");
      localStorage.removeItem(WAS_IN);
      closeStream();
      cache.setQueryData(KEY, null);
      cache.removeQueries({ predicate: (query) => query.queryKey[0] !== "session" });
    },
  };
}

/** Gives the session to the pages below and keeps what they show fresh while the server tells of changes. */
export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  const cache = useQueryClient();
  useEffect(() => onSignedOut(() => cache.setQueryData(KEY, null)), [cache]);
  useEffect(() => {
    openStream();
    return closeStream;
  }, []);
  const refresh = useMemo(() => once(() => void cache.invalidateQueries(), 1500), [cache]);
  useStream((event) => {
    if (event.type === "changed" || event.type === "log") refresh();
  });
  return <Context value={session}>{children}</Context>;
}

/** Collapses a burst of calls into one, `wait` ms after the first. */
function once(action: () => void, wait: number): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  return () => {
    timer ??= setTimeout(() => { timer = null; action(); }, wait);
  };
}
