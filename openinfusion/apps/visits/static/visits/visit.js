// Keeps sections of a visit note on this phone while there is no network, encrypted, and sends each once.
// Without this script the forms work as ordinary forms.
"use strict";
(() => {
  const STORE = "openinfusion-visit";

  const open = () => new Promise((resolve, reject) => {
    const request = indexedDB.open(STORE, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("entries", { keyPath: "client_id" });
      request.result.createObjectStore("keys");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

  const ask = (database, store, mode, act) => new Promise((resolve, reject) => {
    const transaction = database.transaction(store, mode);
    const request = act(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = () => reject(transaction.error);
  });

  // The key never leaves the browser: it cannot be exported, only used.
  const key = async (database) => {
    const kept = await ask(database, "keys", "readonly", (store) => store.get("k"));
    if (kept) return kept;
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await ask(database, "keys", "readwrite", (store) => store.put(made, "k"));
    return made;
  };

  const keep = async (entry) => {
    const database = await open();
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const text = new TextEncoder().encode(JSON.stringify(entry));
    const body = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key(database), text);
    await ask(database, "entries", "readwrite", (store) => store.put({ client_id: entry.client_id, iv, body }));
  };

  const kept = async () => {
    const database = await open();
    const rows = await ask(database, "entries", "readonly", (store) => store.getAll());
    const secret = await key(database);
    const entries = [];
    for (const row of rows) {
      const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv }, secret, row.body);
      entries.push(JSON.parse(new TextDecoder().decode(text)));
    }
    return entries;
  };

  const drop = async (id) => ask(await open(), "entries", "readwrite", (store) => store.delete(id));

  const show = async () => {
    const status = document.querySelector("[data-offline-status]");
    if (!status) return;
    const count = (await kept()).length;
    status.hidden = count === 0;
    const words = status.querySelector("[data-words-one]");
    words.textContent = `${count} ${count === 1 ? words.dataset.wordsOne : words.dataset.wordsMany}`;
  };

  const token = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";

  const send = async () => {
    const byUrl = new Map();
    for (const entry of await kept()) byUrl.set(entry.url, [...(byUrl.get(entry.url) || []), entry]);
    for (const [url, entries] of byUrl) {
      let answer;
      try {
        answer = await fetch(url, {
          method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
          body: JSON.stringify({ entries }), redirect: "manual",
        });
      } catch { return; }
      if (!answer.ok) return;
      for (const one of (await answer.json()).entries) {
        if (one.saved) await drop(one.client_id);
        for (const sentence of one.conflicts || []) window.alert(sentence);
      }
    }
    await show();
  };

  const entryOf = (form) => {
    const data = Object.fromEntries(new FormData(form));
    const { csrfmiddlewaretoken, base_version, ...fields } = data;
    return {
      client_id: crypto.randomUUID(), section: form.dataset.offlineSection, url: form.dataset.syncUrl,
      base_version: Number(base_version), data: fields,
    };
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-offline-section]");
    if (!form || navigator.onLine) return;
    event.preventDefault();
    await keep(entryOf(form));
    await show();
    window.location.assign(form.dataset.visitUrl);
  });

  window.addEventListener("online", () => { send(); });
  if (window.indexedDB && window.crypto && crypto.subtle) {
    show().then(() => { if (navigator.onLine) send(); });
  }
})();
