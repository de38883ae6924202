// The service worker: it keeps the app's shell and its files, so that the app opens without signal. It sees and keeps
// nobody's data: what the scripts ask the service for goes past it, straight to the service.

const { version, shell, files } = self.PORTAGE;
const CACHE = `portage-${version}`;

self.addEventListener("install", (event) => {
  const wanted = [shell, ...files].map((path) => new Request(path, { cache: "reload", credentials: "omit" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(wanted)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("portage-") && name !== CACHE;
  const tidy = caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))));
  event.waitUntil(tidy.then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { pathname, search, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  const isShell = event.request.mode === "navigate" && pathname === shell;
  if (!isShell && !files.includes(pathname + search)) return;
  const kept = caches.match(isShell ? shell : event.request, { cacheName: CACHE });
  event.respondWith(kept.then((found) => found ?? fetch(event.request)));
});
