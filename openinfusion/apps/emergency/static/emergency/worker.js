/* Keeps the general emergency page for everybody who ever opened it, signed in or not (HZ-056): it holds no health
   information. Every other page under /emergency/ is handled by the product's own worker, which is loaded below. */
"use strict";
(() => {
  const STORE = "oi-open";
  const ADDRESS = "/emergency/";
  const WAIT_MS = 4000;

  async function fetchAndKeep() {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), WAIT_MS);
    try {
      const response = await fetch(ADDRESS, { credentials: "omit", signal: stop.signal });
      if (response.ok && !response.redirected) await (await caches.open(STORE)).put(ADDRESS, response.clone());
      return response;
    } finally {
      clearTimeout(timer);
    }
  }

  async function general(request) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), WAIT_MS);
    try {
      return await fetch(request, { signal: stop.signal });
    } catch (error) {
      const kept = await (await caches.open(STORE)).match(ADDRESS, { ignoreVary: true });
      return kept || Response.error();
    } finally {
      clearTimeout(timer);
    }
  }

  self.addEventListener("install", (event) => { event.waitUntil(fetchAndKeep()); });
  self.addEventListener("fetch", (event) => {
    const url = new URL(event.request.url);
    if (event.request.mode !== "navigate" || url.origin !== self.location.origin || url.pathname !== ADDRESS) return;
    event.stopImmediatePropagation();
    event.respondWith(general(event.request));
  });
})();
importScripts("/sw.js");
