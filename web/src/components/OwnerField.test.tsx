import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterContextProvider, createRootRoute, createRouter } from "@tanstack/react-router";
import { act, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, describe, expect, it } from "vitest";
import { SessionProvider } from "@/app/session";
import type { Session } from "@/api/types";
import { PlanForm } from "@/domains/experiments/PlanForm";
import { ToolDialog } from "@/domains/stack/ToolDialog";

const session = { actor: { id: "bob", role: "member" }, names: { "usr-2": "Bob Lin", "usr-1": "Ann Ost" } } as unknown as Session;
(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
const open: (() => void)[] = [];

async function choices(form: ReactNode, name: string): Promise<string[]> {
  const router = createRouter({ routeTree: createRootRoute() });
  const root = createRoot(document.body.appendChild(document.createElement("div")));
  open.push(() => act(() => root.unmount()));
  await act(async () => root.render(
    <MantineProvider env="test"><QueryClientProvider client={new QueryClient()}><RouterContextProvider router={router as never}>
      <SessionProvider session={session}>{form}</SessionProvider>
    </RouterContextProvider></QueryClientProvider></MantineProvider>,
  ));
  return [...document.querySelectorAll<HTMLOptionElement>(`select[name="${name}"] option`)].map((one) => one.text);
}

afterEach(() => { open.splice(0).forEach((close) => close()); document.body.replaceChildren(); });

describe("Who answers for something is chosen by name", () => {
  const tool = <ToolDialog onSave={async () => undefined} onClose={() => undefined} />;
  it("for a tool", async () => expect(await choices(tool, "owner")).toEqual(["nobody yet", "Ann Ost", "Bob Lin"]));
  it("for its backup", async () => expect(await choices(tool, "backup")).toEqual(["nobody yet", "Ann Ost", "Bob Lin"]));
  it("for an experiment", async () => expect(await choices(<PlanForm onClose={() => undefined} />, "owner")).toEqual(["nobody yet", "Ann Ost", "Bob Lin"]));
});
