/** What to paste into a program so that it sends here: with this server's address and the source's key. */
export interface Snippet { key: string; label: string; install?: string; code: string; kinds: string[] }

export function snippets(host: string, key: string, source: string): Snippet[] {
  return [
    { key: "posthog-python", label: "PostHog Python", install: "pip install posthog", kinds: ["posthog"], code: `from posthog import Posthog

posthog = Posthog("${key}", host="${host}")
posthog.capture("signed_up", distinct_id="user-1", properties={"plan": "pro"}, groups={"company": "acme"})
posthog.shutdown()` },
    { key: "posthog-js", label: "PostHog JS", install: "npm install posthog-js", kinds: ["posthog"], code: `import posthog from "posthog-js";

posthog.init("${key}", { api_host: "${host}", advanced_disable_flags: true, disable_session_recording: true });
posthog.identify("user-1", { plan: "pro" });
posthog.capture("signed_up", { from: "pricing" });` },
    { key: "posthog-node", label: "PostHog Node", install: "npm install posthog-node", kinds: ["posthog"], code: `import { PostHog } from "posthog-node";

const client = new PostHog("${key}", { host: "${host}" });
client.capture({ distinctId: "user-1", event: "signed_up", properties: { plan: "pro" }, groups: { company: "acme" } });
await client.shutdown();` },
    { key: "segment-python", label: "Segment Python", install: "pip install segment-analytics-python", kinds: ["segment"], code: `import segment.analytics as analytics

analytics.write_key = "${key}"
analytics.host = "${host}"
analytics.identify("user-1", {"plan": "pro"})
analytics.track("user-1", "signed_up", {"from": "pricing"})
analytics.shutdown()` },
    { key: "segment-node", label: "Segment Node", install: "npm install @segment/analytics-node", kinds: ["segment"], code: `import { Analytics } from "@segment/analytics-node";

const analytics = new Analytics({ writeKey: "${key}", host: "${host}", path: "/v1/batch" });
analytics.identify({ userId: "user-1", traits: { plan: "pro" } });
analytics.track({ userId: "user-1", event: "signed_up", properties: { from: "pricing" } });
await analytics.closeAndFlush();` },
    { key: "browser", label: "Web page", kinds: ["browser", "any"], code: `<script src="${host}/callsheet.js" data-key="${key}" defer></script>
<script>
  addEventListener("load", function () {
    callsheet.identify("user-1", { plan: "pro" });
    callsheet.track("signed_up", { from: "pricing" });
  });
</script>` },
    { key: "webhook", label: "Webhook", kinds: ["webhook"], code: `curl ${host}/webhook/events/${source} \\
  -H "X-Callsheet-Key: ${key}" -H "Content-Type: application/json" \\
  -d '{"event": "invoice_paid", "user_id": "user-1", "amount": 49}'` },
    { key: "curl", label: "curl", kinds: [], code: `curl ${host}/capture/ -H "Content-Type: application/json" -d '{
  "api_key": "${key}", "event": "signed_up", "distinct_id": "user-1", "properties": {"plan": "pro"}
}'` },
  ];
}
