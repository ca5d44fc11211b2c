/* Keeps the visit and emergency pages of the person signed in, for homes without a network.
   Network first; a kept copy only when there is none, and then the page says so. Nothing else with health
   information is ever kept: other pages pass through untouched. Sign-out or another person empties the store. */
"use strict";

const MANIFEST = "/sw-manifest.json";
const KEPT_PATHS = ["/visits/", "/emergency/"];
const KEEP_MS = 24 * 60 * 60 * 1000;
const WAIT_MS = 8000;
const STATE = "oi-state";
const ASSETS = "oi-assets-";
const PAGES = "oi-pages-";
const OWNER_KEY = "/__owner";

async function owner() {
  const kept = await (await caches.open(STATE)).match(OWNER_KEY);
  return kept ? kept.text() : "";
}

async function forgetPages(except = "") {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PAGES) && name !== except).map((name) => caches.delete(name)));
}

async function setOwner(name) {
  await (await caches.open(STATE)).put(OWNER_KEY, new Response(name));
  await forgetPages(name ? PAGES + name : "");
}

async function readManifest() {
  const response = await fetch(MANIFEST, { credentials: "same-origin", cache: "no-store" });
  if (!response.ok) throw new Error(`manifest answered ${response.status}`);
  return response.json();
}

async function refresh() {
  const manifest = await readManifest();
  const assets = ASSETS + manifest.version;
  if (!(await caches.has(assets))) await (await caches.open(assets)).addAll(manifest.assets);
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(ASSETS) && name !== assets).map((name) => caches.delete(name)));
  await setOwner(manifest.owner);
  if (manifest.owner) await Promise.allSettled(manifest.pages.map((address) => fetchAndKeep(new Request(address))));
}

function isKept(url) {
  return KEPT_PATHS.some((path) => url.pathname.startsWith(path));
}

async function keep(request, response) {
  const name = await owner();
  if (!name || !response.ok || response.redirected || response.type !== "basic") return;
  if (!(response.headers.get("Content-Type") || "").startsWith("text/html")) return;
  const headers = new Headers(response.headers);
  headers.set("X-Kept-At", new Date().toISOString());
  const copy = new Response(await response.blob(), { status: 200, headers });
  await (await caches.open(PAGES + name)).put(request.url, copy);
}

async function fetchAndKeep(request) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), WAIT_MS);
  try {
    const response = await fetch(request.url, { credentials: "same-origin", signal: stop.signal });
    await keep(request, response.clone());
    return response;
  } finally {
    clearTimeout(timer);
  }
}

async function fromDevice(request) {
  const name = await owner();
  const kept = name && (await (await caches.open(PAGES + name)).match(request.url, { ignoreVary: true }));
  const at = kept && kept.headers.get("X-Kept-At");
  if (!kept || Date.now() - Date.parse(at) > KEEP_MS) {
    const fallback = await caches.match("/offline/", { ignoreVary: true });
    return fallback || Response.error();
  }
  const text = (await kept.text()).replace("<html ", `<html data-kept-since="${at}" `);
  return new Response(text, { status: 200, headers: kept.headers });
}

async function page(request) {
  try {
    return await fetchAndKeep(request);
  } catch (error) {
    return fromDevice(request);
  }
}

async function asset(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request, { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener("install", (event) => { event.waitUntil(refresh().then(() => self.skipWaiting())); });
self.addEventListener("activate", (event) => { event.waitUntil(self.clients.claim()); });
self.addEventListener("message", (event) => {
  if (event.data && event.data.type === "refresh") event.waitUntil(refresh().catch(() => undefined));
  if (event.data && event.data.type === "forget") event.waitUntil(setOwner(""));
});
self.addEventListener("fetch", (event) => {
  const request = event.request;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && isKept(url)) event.respondWith(page(request));
  else if (["style", "script", "image", "font", "manifest"].includes(request.destination) && url.pathname !== MANIFEST) {
    event.respondWith(asset(request));
  }
});
