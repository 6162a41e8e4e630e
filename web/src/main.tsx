import "./app/mantine.css";
import "./app/tokens.css";
import "./app/base.css";
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiError } from "./api/client";
import { App } from "./app/App";
import { openPage } from "./app/pages";
import { askEarly } from "./app/session";
import { ColorsProvider, useColors } from "./app/colors";
import { theme, variables } from "./app/theme";
import { Toasts } from "./app/toast";

const cache = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: false,
      retry: (failed, error) => failed < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 502),
    },
  },
});

if (!openPage(window.location.pathname)) void askEarly(cache);

function Themed() {
  const { dark } = useColors();
  return <MantineProvider theme={theme} cssVariablesResolver={variables} forceColorScheme={dark ? "dark" : "light"}><App /><Toasts /></MantineProvider>;
}

createRoot(document.getElementById("root")!).render(
  <StrictMode><QueryClientProvider client={cache}><ColorsProvider><Themed /></ColorsProvider></QueryClientProvider></StrictMode>,
);
