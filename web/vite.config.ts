import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Answers /api from dev/fixtures.ts when VITE_FIXTURES=1: the UI without a server. Never in the bundle. */
async function fixtures(): Promise<Plugin[]> {
  if (!process.env.VITE_FIXTURES) return [];
  const { answer } = await import("./dev/fixtures.ts");
  return [{
    name: "callsheet-fixtures",
    configureServer: (server) => void server.middlewares.use(answer),
    configurePreviewServer: (server) => void server.middlewares.use(answer),
  }];
}

const SERVER = process.env.CALLSHEET_URL ?? "http://127.0.0.1:8000";

export default defineConfig(async () => ({
  plugins: [react(), ...(await fixtures())],
  resolve: { alias: { "@": here("./src") } },
  server: { port: 5173, proxy: process.env.VITE_FIXTURES ? undefined : { "/api": SERVER, "/shared": SERVER } },
  build: {
    outDir: here("../src/callsheet/http/static"),
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 800,
  },
  test: { environment: "happy-dom", pool: "vmThreads", include: ["src/**/*.test.{ts,tsx}"] },
}));
