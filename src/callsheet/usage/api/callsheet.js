/* Callsheet for web pages. <script src="https://HOST/callsheet.js" data-key="WRITE KEY" defer></script>
   callsheet.track(name, properties) identify(id, traits) page(name, properties) group(id, traits) reset()
   No cookies: an id of random letters in localStorage (data-storage="memory" keeps none). Nothing is sent for those
   who ask not to be tracked (Do Not Track, Global Privacy Control). data-page="off": no page view by itself. */
(function () {
  var script = document.currentScript || {}, set = script.dataset || {}, nav = navigator;
  var host = set.host || (script.src ? new URL(script.src).origin : location.origin);
  var silent = nav.doNotTrack === "1" || nav.globalPrivacyControl === true;
  var MOST = 50, WAIT = 2000, KEPT = 1000, BYTES = 60000, memory = {}, queue = [], timer = 0, busy = false, failed = 0;

  function store(name, value) {
    try {
      if (set.storage === "memory") throw 0;
      var key = "callsheet." + name;
      if (value === undefined) return localStorage.getItem(key);
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, value);
    } catch (_) {
      if (value === undefined) return memory[name] || null;
      memory[name] = value;
    }
  }
  function id() {
    if (window.crypto && crypto.randomUUID) return crypto.randomUUID();
    return Date.now().toString(36) + "-" + Math.random().toString(36).slice(2) + Math.random().toString(36).slice(2);
  }
  function anonymous() {
    var found = store("anonymous");
    if (!found) store("anonymous", (found = id()));
    return found;
  }
  function context() {
    var found = { library: { name: "callsheet.js", version: "1" }, locale: nav.language, page: {
      url: location.href, path: location.pathname, search: location.search, title: document.title,
      referrer: document.referrer
    } }, campaign = {}, given = new URLSearchParams(location.search);
    ["source", "medium", "campaign", "term", "content"].forEach(function (name) {
      var value = given.get("utm_" + name);
      if (value) campaign[name === "campaign" ? "name" : name] = value;
    });
    if (Object.keys(campaign).length) found.campaign = campaign;
    if (store("group")) found.groupId = store("group");
    return found;
  }
  function add(type, more) {
    if (silent || !set.key) return;
    var event = { type: type, messageId: id(), timestamp: new Date().toISOString(), anonymousId: anonymous(),
      userId: store("user"), context: context() };
    for (var name in more) event[name] = more[name];
    queue.push(event);
    if (queue.length > KEPT) queue.shift();
    if (queue.length >= MOST) flush();
    else later(WAIT);
  }
  function later(wait) { if (!timer) timer = setTimeout(flush, wait); }
  function body(events) {
    return JSON.stringify({ writeKey: set.key, sentAt: new Date().toISOString(), batch: events });
  }
  function flush() {
    clearTimeout(timer); timer = 0;
    if (busy || !queue.length) return;
    var batch = queue.slice(0, MOST);
    busy = true;
    fetch(host + "/v1/batch", { method: "POST", body: body(batch), headers: { "Content-Type": "text/plain" } })
      .then(function (answer) {
        if (answer.status >= 500 || answer.status === 429) throw answer;
        done(batch);
      })
      .catch(function (answer) {
        var wait = answer && answer.headers ? Number(answer.headers.get("Retry-After")) * 1000 : 0;
        failed += 1; busy = false;
        later(Math.max(wait, Math.min(WAIT * Math.pow(2, failed), 60000)));
      });
  }
  function done(batch) {
    queue = queue.filter(function (one) { return batch.indexOf(one) < 0; });
    busy = false; failed = 0;
    if (queue.length) later(queue.length >= MOST ? 0 : WAIT);
  }
  function leave() {
    while (queue.length && nav.sendBeacon) {
      var count = Math.min(MOST, queue.length);
      while (count > 1 && body(queue.slice(0, count)).length > BYTES) count = count >> 1;
      if (!nav.sendBeacon(host + "/v1/batch", body(queue.slice(0, count)))) return;
      queue.splice(0, count);
    }
  }
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", function () { if (document.visibilityState === "hidden") leave(); });

  window.callsheet = {
    track: function (name, properties) { add("track", { event: name, properties: properties || {} }); },
    page: function (name, properties) { add("page", { name: name, properties: properties || {} }); },
    identify: function (user, traits) {
      if (user) store("user", String(user));
      add("identify", { traits: traits || {} });
    },
    group: function (account, traits) {
      store("group", String(account));
      add("group", { groupId: String(account), traits: traits || {} });
    },
    reset: function () { ["user", "anonymous", "group"].forEach(function (name) { store(name, null); }); },
    flush: flush
  };
  if (set.page !== "off") window.callsheet.page();
})();
