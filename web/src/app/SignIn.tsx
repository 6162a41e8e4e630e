import { useEffect, useState } from "react";
import { ApiError } from "@/api/client";
import { Button } from "@/components/basics";
import { formValues, TextField } from "@/components/Form";
import { useSignIn } from "./session";

export function SignIn() {
  const { signIn, signInDemo } = useSignIn();
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const left = sessionStorage.getItem("callsheet.left");
  useEffect(() => { document.title = "Sign in · Callsheet"; }, []);
  const send = async (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { email = "", password = "" } = formValues(event.currentTarget);
    setBusy(true);
    setProblem(null);
    try {
      await signIn(email, password);
    } catch (error) {
      setProblem(error instanceof ApiError ? error : new ApiError(0, "unknown", String(error), "Try again."));
    } finally {
      setBusy(false);
    }
  };
  return (
    <main className="sign">
      <form onSubmit={(event) => void send(event)}>
        <div className="brand"><span className="mark" />Callsheet</div>
        <h1>Sign in</h1>
        {problem && <div className="alert" role="alert"><div><b>{problem.message}</b><div className="sub">{problem.mend}</div></div></div>}
        <TextField label="Email" name="email" type="email" autoComplete="username" required autoFocus />
        <TextField label="Password" name="password" type="password" autoComplete="current-password" required hint="Forgotten? Ask an owner of this workspace." />
        <Button primary type="submit" busy={busy} style={{ justifyContent: "center", padding: "7px 10px" }}>Sign in</Button>
        {left && <Button quiet onClick={() => void signInDemo().then((done) => { if (!done) setProblem(new ApiError(401, "no_demo", "This workspace has no demo user.", "Sign in with your address and password.")); })}>Back in as the demo user</Button>}
      </form>
    </main>
  );
}
