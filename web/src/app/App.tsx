import { RouterProvider } from "@tanstack/react-router";
import { Suspense } from "react";
import { Later, Skeleton } from "@/components/basics";
import { openPage } from "./pages";
import { router } from "./router";
import { SessionProvider, useSessionQuery } from "./session";
import { SignIn } from "./SignIn";
import { ErrorPageAlone } from "./alone";

const open = openPage(window.location.pathname);

export function App() {
  return open ? <Suspense fallback={null}><open.component /></Suspense> : <SignedIn />;
}

function SignedIn() {
  const { data: session, error, refetch } = useSessionQuery();
  if (session) return <SessionProvider session={session}><RouterProvider router={router} /></SessionProvider>;
  if (session === null) return <SignIn />;
  if (error) return <ErrorPageAlone error={error} retry={() => void refetch()} />;
  return <Later after={300}><div className="page"><Skeleton lines={5} /></div></Later>;
}
