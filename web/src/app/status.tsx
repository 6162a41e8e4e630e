/** Pages for when something is not there, not allowed, or broken: what happened and a way on. */
import { Component, type ErrorInfo, type ReactNode } from "react";
import { ApiError } from "@/api/client";
import { Button } from "@/components/basics";
import { Go } from "@/components/Go";

function Status({ title, children, actions }: { title: string; children: ReactNode; actions: ReactNode }) {
  return <div className="status"><div><h1>{title}</h1><p className="sub">{children}</p><div className="row wrap" style={{ marginTop: 14 }}>{actions}</div></div></div>;
}

const home = <Go className="btn p" href="/">To the call sheet</Go>;

export function NotFound({ what = "This page" }: { what?: string }) {
  return <Status title={`${what} is not here`} actions={<>{home}<Button onClick={() => window.history.back()}>Back</Button></>}>It may have been moved, or the link is from another workspace. Press <kbd>Ctrl K</kbd> to find it by name.</Status>;
}

export function Forbidden({ error }: { error: ApiError }) {
  return <Status title="Your role does not allow this" actions={<>{home}<Go className="btn" href="/settings/members">See who is owner</Go></>}>{error.message} {error.mend}</Status>;
}

/** The page for an error of the server: not found, forbidden, or something else with its mend. */
export function ErrorPage({ error, retry }: { error: Error; retry?: () => void }) {
  if (error instanceof ApiError && error.status === 404) return <NotFound />;
  if (error instanceof ApiError && error.status === 403) return <Forbidden error={error} />;
  const chunk = /dynamically imported module|Importing a module script failed/i.test(error.message);
  return (
    <Status title={chunk ? "Callsheet has been updated" : "This page failed"} actions={<><Button primary onClick={retry ?? (() => window.location.reload())}>{retry ? "Try again" : "Reload"}</Button><Go className="btn" href="/">To the call sheet</Go></>}>
      {chunk ? "Reload to get the new version." : `${error.message} ${error instanceof ApiError ? error.mend : ""}`}
    </Status>
  );
}

export class Boundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override componentDidCatch(error: Error, info: ErrorInfo) {
    console.error(error, info.componentStack);
  }

  override render() {
    return this.state.error ? <ErrorPage error={this.state.error} /> : this.props.children;
  }
}
