/** How the generated client reaches the server: the same cookie and CSRF header as client.ts. */
import { csrfToken, signedOut } from "./client";

export const createClientConfig = <T extends object>(config?: T) => ({
  ...config,
  baseUrl: "",
  credentials: "same-origin" as const,
  throwOnError: true as const,
  fetch: async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input, init);
    if (!["GET", "HEAD"].includes(request.method)) request.headers.set("X-CSRF-Token", csrfToken());
    const response = await fetch(request);
    if (response.status === 401) signedOut();
    return response;
  },
});
