// Every call of posthog-node, and its shutdown: URL KEY OPTIONS
import { PostHog } from "posthog-node";

const [host, key, options] = process.argv.slice(2);
const { calls = "all", count = 1, ...settings } = JSON.parse(options);
const posthog = new PostHog(key, { host, flushAt: 10, flushInterval: 100, fetchRetryCount: 4, fetchRetryDelay: 100, ...settings });
posthog.on("error", (error) => process.stdout.write(`error ${error}\n`));

if (calls === "track") {
  for (let place = 0; place < count; place += 1) {
    posthog.capture({ distinctId: "ann", event: "opened", properties: { place } });
  }
} else if (calls === "group") {
  posthog.groupIdentify({ groupType: "company", groupKey: "acme", properties: { plan: "business" } });
} else {
  posthog.capture({ distinctId: "anon-1", event: "seen" });
  posthog.identify({ distinctId: "ann", properties: { $set: { plan: "pro" }, $set_once: { first: "mail" } } });
  posthog.capture({
    distinctId: "ann", event: "opened", properties: { pages: 3 }, groups: { company: "acme" },
    timestamp: new Date("2026-01-02T03:04:05Z"),
  });
  posthog.groupIdentify({ groupType: "company", groupKey: "acme", properties: { plan: "business" }, distinctId: "ann" });
  posthog.alias({ distinctId: "ann", alias: "anon-1" });
}
await posthog.shutdown(30_000);
