/* Small comforts on top of pages that work without script: data ages that tick, list keys, dialogs, print, toasts,
   focus on the error summary, kept pages. No dependency, no inline code, no health data stored here. */
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  const all = (selector, inside = document) => Array.from(inside.querySelectorAll(selector));
  const loaded = performance.now();

  /* A bar that scrolls sideways on the phone shows the page one is on. */
  all(".nav, .tabs").forEach((bar) => {
    const now = bar.querySelector("[aria-current]");
    if (now) bar.scrollLeft += now.getBoundingClientRect().left - bar.getBoundingClientRect().left - 40;
  });

  /* "12 s old" counts on from the age the server knew. Past its limit a value is no longer shown as current. */
  const inWords = (seconds) => {
    const parts = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
    const first = parts.findIndex(([size]) => seconds >= size);
    if (first < 0) return "0\u00a0s";
    let rest = seconds;
    return parts.slice(first, first + 2).map(([size, word]) => {
      const count = Math.floor(rest / size);
      rest -= count * size;
      return count ? `${count}\u00a0${word}` : "";
    }).filter(Boolean).join(" ");
  };
  const tick = () => {
    const passed = (performance.now() - loaded) / 1000;
    all("[data-age]").forEach((element) => {
      const since = element.dataset.seen ? (performance.now() - Number(element.dataset.seen)) / 1000 : passed;
      const age = Math.floor(Number(element.dataset.age) + since);
      const old = age > Number(element.dataset.ageLimit || Infinity);
      if (element.hasAttribute("data-live")) {
        const now = element.querySelector("[data-live-now]");
        const silent = element.querySelector("[data-live-silent]");
        if (now && silent && old) { now.hidden = true; silent.hidden = false; }
        return;
      }
      const text = element.querySelector("[data-age-text]");
      if (text) text.textContent = inWords(age);
      const words = element.querySelector(".data-age__old");
      if (words && old) { words.hidden = false; element.classList.add("is-old"); }
    });
    /* Clocks of the emergency page: seconds since an act, or until one (negative). */
    all("[data-timer]").forEach((element) => {
      if (!element.dataset.timerStart) element.dataset.timerStart = element.dataset.timer;
      const start = Number(element.dataset.timerStart);
      const at = Math.floor(start + passed);
      const size = Math.abs(at);
      const text = `${String(Math.floor(size / 60)).padStart(2, "0")}:${String(size % 60).padStart(2, "0")}`;
      element.textContent = start < 0 && at >= 0 ? `${element.dataset.due || "+"}${text}` : text;
    });
  };

  /* j and k move between the rows of a list, only while the focus is inside it; Enter follows the link as always. */
  const moveInList = (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || !["j", "k"].includes(event.key)) return;
    if (event.target.matches("input, textarea, select, [contenteditable]")) return;
    const list = event.target.closest("[data-keys]");
    if (!list) return;
    const rows = Array.from(list.children);
    const links = rows.map((row) => row.querySelector("a[href]"));
    const step = event.key === "j" ? 1 : -1;
    let at = rows.findIndex((row) => row.contains(event.target)) + step;
    while (links[at] === null) at += step;
    if (links[at]) { links[at].focus(); event.preventDefault(); }
  };

  const clicked = (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.dialog);
      if (dialog && dialog.showModal) { dialog.showModal(); event.preventDefault(); }
    }
    const toast = event.target.closest("[data-dismiss]");
    if (toast) toast.closest(".toast").remove();
    if (event.target.closest("[data-print]")) window.print();
    if (event.target.closest('[aria-disabled="true"]')) event.preventDefault();
  };

  const showHelpers = (inside) => {
    all("[data-dismiss], [data-print]", inside).forEach((element) => { element.hidden = false; });
    all("[data-age]", inside).forEach((element) => { element.dataset.seen = String(performance.now()); });
  };

  /* Kept copies: the worker marks a page it served from the device; here the moment is written out. */
  const tellKept = () => {
    if (!root.dataset.keptSince) return;
    all("[data-kept]").forEach((element) => { element.hidden = false; });
    const at = new Date(root.dataset.keptSince);
    all("[data-kept-at]").forEach((element) => {
      const time = `${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
      element.textContent = `${element.dataset.words} ${time}.`;
    });
  };
  const startWorker = () => {
    const address = document.body.dataset.worker;
    if (!address || !("serviceWorker" in navigator)) return;
    navigator.serviceWorker.register(address, { scope: "/" }).then(() => navigator.serviceWorker.ready)
      .then((registration) => registration.active.postMessage({ type: "refresh" }))
      .catch(() => { root.dataset.worker = "unavailable"; });
    document.addEventListener("submit", (event) => {
      if (event.target.matches("[data-sign-out]") && navigator.serviceWorker.controller) {
        navigator.serviceWorker.controller.postMessage({ type: "forget" });
      }
    });
  };

  const toSummary = () => {
    const summary = document.querySelector("[data-focus]");
    if (summary && document.activeElement === document.body) summary.focus();
  };

  document.addEventListener("keydown", moveInList);
  document.addEventListener("click", clicked);
  document.addEventListener("htmx:load", (event) => showHelpers(event.target));
  const start = () => {
    showHelpers(document);
    toSummary();
    window.addEventListener("load", () => window.setTimeout(toSummary, 0));  // an address with # takes the focus away
    tellKept();
    startWorker();
    tick();
    window.setInterval(tick, 1000);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();
