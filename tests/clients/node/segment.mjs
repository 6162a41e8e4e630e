// Every call of @segment/analytics-node, in batches, and a flush at the end: URL KEY OPTIONS
import { Analytics } from "@segment/analytics-node";

const [url, writeKey, options] = process.argv.slice(2);
const { calls = "all", count = 1, ...settings } = JSON.parse(options);
const analytics = new Analytics({ writeKey, host: url, flushAt: 10, maxRetries: 4, ...settings });
analytics.on("error", (error) => process.stdout.write(`error ${error.code}\n`));

if (calls === "track") {
  for (let place = 0; place < count; place += 1) {
    analytics.track({ userId: "ann", event: "Opened", messageId: `message-0000-0000-0000-${place}`, properties: { place } });
  }
} else {
  analytics.identify({ userId: "ann", anonymousId: "anon-1", traits: { plan: "pro" } });
  analytics.track({ userId: "ann", event: "Opened", properties: { pages: 3 }, timestamp: new Date("2026-01-02T03:04:05Z") });
  analytics.page({ anonymousId: "anon-1", name: "Home", properties: { path: "/" } });
  analytics.screen({ userId: "ann", name: "Start" });
  analytics.group({ userId: "ann", groupId: "acme", traits: { plan: "business" } });
  analytics.alias({ userId: "ann", previousId: "ann-before" });
}
await analytics.closeAndFlush({ timeout: 30_000 });
