/* Live boards: listens to a stream that says "changed" and lets htmx fetch the part again. Without it the page has a
   Refresh link. Each request says that it is a background refresh, so an idle session still ends. */
(() => {
  "use strict";
  const board = document.querySelector("[data-stream]");
  if (!board || !window.fetch || !window.ReadableStream) return;
  const background = { "X-Background-Refresh": "1" };
  let state = "";
  const say = (key) => {
    state = key;
    document.querySelectorAll("[data-live-state]").forEach((element) => {
      element.textContent = element.dataset[key] || "";
      element.classList.toggle("is-old", key !== "live");
    });
  };
  const busy = () => {
    const active = document.activeElement;
    return active && board.contains(active) && active.matches("input, textarea, select");
  };
  let waiting = false;
  const refresh = () => {
    if (busy() || document.hidden) { waiting = true; return; }
    waiting = false;
    if (window.htmx) window.htmx.trigger(board, "live");
  };
  const pause = (ms) => new Promise((done) => { window.setTimeout(done, ms); });

  const listen = async () => {
    const answer = await fetch(board.dataset.stream, { headers: background, credentials: "same-origin", redirect: "manual" });
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
      window.location.reload();
      return;
    }
    if (!answer.ok || !answer.body) throw new Error("no stream");
    say("live");
    const reader = answer.body.getReader();
    const text = new TextDecoder();
    let kept = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      kept += text.decode(value, { stream: true });
      const parts = kept.split("\n\n");
      kept = parts.pop();
      if (parts.some((part) => part.startsWith("event: changed"))) refresh();
    }
  };
  const follow = async () => {
    let failed = 0;
    for (;;) {
      try { await listen(); failed = 0; refresh(); } catch { failed += 1; say("lost"); }
      await pause(Math.min(1000 * 2 ** failed, 15000));
    }
  };
  document.addEventListener("visibilitychange", () => { if (!document.hidden && waiting) refresh(); });
  document.addEventListener("focusout", () => window.setTimeout(() => { if (waiting) refresh(); }, 0));
  /* The focus survives a refresh: the same element by id, or the same link. */
  let focused = "";
  document.addEventListener("htmx:beforeSwap", (event) => {
    const active = document.activeElement;
    focused = active && event.target.contains(active) ? active.id || active.getAttribute("href") || active.dataset.focusKey || "" : "";
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (state) say(state);
    if (!focused) return;
    const again = document.getElementById(focused) ||
      Array.from(board.querySelectorAll("a[href], [data-focus-key]")).find((one) => one.getAttribute("href") === focused || one.dataset.focusKey === focused);
    if (again) again.focus({ preventScroll: true });
    focused = "";
  });
  /* Data without a refresh for too long says so, whatever the stream claims. */
  window.setInterval(refresh, 15000);
  follow();
})();
