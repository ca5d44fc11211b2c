/* Comfort on the emergency page: the clocks tick, a press is kept on the device and sent in the background. The page
   never waits for it; without this script every button is an ordinary form and every time stands in words.
   Kept on the device until sent: row address, a random key, numbers of steps and moments. No name, no health data. */
(() => {
  "use strict";
  const main = document.querySelector("[data-emergency]");
  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register("/emergency/worker.js", { scope: "/emergency/" }).catch(() => undefined);
  }
  if (!main) return;

  const STORE = "oi-emergency";
  const { useUrl, owner } = main.dataset;
  const number = (name) => Number(main.dataset[name]) * 60000;
  const epinephrine = main.dataset.epinephrine.split(" ").map(Number);
  const makeKey = () => (crypto.randomUUID ? crypto.randomUUID()
    : Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(""));
  const continued = Boolean(main.dataset.useKey);
  const record = { url: useUrl, owner, key: main.dataset.useKey || makeKey(), opened_at: new Date().toISOString(), steps: [] };

  const read = () => { try { return JSON.parse(localStorage.getItem(STORE)) || []; } catch (error) { return []; } };
  const write = (all) => { try { localStorage.setItem(STORE, JSON.stringify(all)); } catch (error) { /* memory only */ } };
  const remember = () => write([...read().filter((one) => one.key !== record.key), record]);
  const forget = (sent) => write(read().filter((one) => !(one.key === sent.key && one.steps.length <= sent.steps.length)));

  const say = (sent) => {
    const element = document.querySelector("[data-saved]");
    if (element) element.textContent = sent ? element.dataset.sent : element.dataset.here;
  };
  const cookie = (name) => (document.cookie.split("; ").find((one) => one.startsWith(`${name}=`)) || "").split("=")[1] || "";
  const send = async (one) => {
    const body = new URLSearchParams({ key: one.key, opened_at: one.opened_at, steps: JSON.stringify(one.steps) });
    if (one.ended_at) body.set("ended_at", one.ended_at);
    const headers = { "X-CSRFToken": cookie("csrftoken"), "X-Background": "1" };
    try {
      const response = await fetch(one.url, { method: "POST", body, headers, credentials: "same-origin", keepalive: true });
      if (response.ok && !response.redirected) { forget(one); return true; }
      return false;
    } catch (error) {
      return false;
    }
  };
  const sendAll = async () => {
    const waiting = read().filter((one) => one.owner === owner);
    const answers = await Promise.all(waiting.map(send));
    say(answers.every(Boolean));
  };

  const clock = (moment) => `${String(moment.getHours()).padStart(2, "0")}:${String(moment.getMinutes()).padStart(2, "0")}`;
  const stopwatch = (ms) => {
    const seconds = Math.floor(Math.abs(ms) / 1000);
    return `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
  };
  const timers = [];
  const show = (name, from, until) => {
    const box = document.querySelector(`[data-clock="${name}"]`);
    if (!box) return;
    box.hidden = false;
    box.querySelector("[data-clock-at]").textContent = clock(new Date(from === null ? until : from));
    const out = box.querySelector("[data-clock-out]");
    const old = timers.findIndex((one) => one.name === name);
    if (old >= 0) timers.splice(old, 1);
    timers.push({ name, out, from, until });
  };
  const tick = () => {
    const now = Date.now();
    timers.forEach(({ out, from, until }) => {
      if (from !== null) out.textContent = stopwatch(now - from);
      else out.textContent = now < until ? stopwatch(until - now) : `${main.dataset.due} +${stopwatch(now - until)}`;
    });
  };
  const epinephrineGiven = (moment) => {
    show("since_dose", moment, null);
    show("repeat_from", null, moment + number("repeatFrom"));
    show("repeat_until", null, moment + number("repeatUntil"));
  };

  const pressed = (item, moment) => {
    item.classList.add("is-done");
    item.removeAttribute("aria-current");
    const line = item.querySelector("[data-done]");
    line.textContent = [line.textContent, clock(moment)].filter(Boolean).join(", ");
    line.closest("p").hidden = false;
    const following = Array.from(document.querySelectorAll("[data-step]")).find((one) => !one.classList.contains("is-done"));
    document.querySelectorAll(".do .is-now").forEach((one) => { one.classList.remove("is-now"); one.removeAttribute("aria-current"); });
    if (following) { following.classList.add("is-now"); following.setAttribute("aria-current", "step"); }
  };

  main.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button && button.name === "end") {
      record.ended_at = new Date().toISOString();
      remember();
      if (!navigator.onLine) { event.preventDefault(); say(false); }
      return;
    }
    if (!button || button.name !== "step") return;
    event.preventDefault();
    const moment = new Date();
    const step = Number(button.value);
    record.steps.push([step, moment.toISOString()]);
    pressed(button.closest("[data-step]"), moment);
    if (epinephrine.includes(step)) epinephrineGiven(moment.getTime());
    if (step === Number(main.dataset.vitalsStep)) show("vitals", null, moment.getTime() + number("vitalsEvery"));
    tick();
    remember();
    sendAll();
  });

  const opened = Date.now();
  if (!continued) {
    document.querySelectorAll("[data-opened]").forEach((element) => { element.textContent = clock(new Date(opened)); });
    show("since_start", opened, null);
    show("vitals", null, opened + number("vitalsEvery"));
    remember();
  }
  document.querySelectorAll("input[name=key]").forEach((field) => { field.value = record.key; });
  window.addEventListener("online", sendAll);
  window.setInterval(tick, 1000);
  window.setInterval(() => { if (read().length) sendAll(); }, 30000);
  tick();
  sendAll();
})();
