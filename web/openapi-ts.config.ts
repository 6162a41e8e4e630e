import { defineConfig } from "@hey-api/openapi-ts";

/** `npm run generate`: ../openapi.json -> src/api/generated (types, SDK functions, fetch client). */
export default defineConfig({
  input: "../openapi.json",
  output: "src/api/generated",
  plugins: ["@hey-api/typescript", "@hey-api/sdk", { name: "@hey-api/client-fetch", runtimeConfigPath: "./src/api/runtime", throwOnError: true }],
});
