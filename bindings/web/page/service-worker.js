// Keeps the page for times without a network. What the server has comes first, so that nothing old is shown.
const CACHE = "freezable-chaos";

// every file of the page; a test compares the list with the folder
const FILES = [
  "./", "icon.svg", "style.css",
  ...["board", "board-card", "canvas", "charts", "controls", "element", "engine", "files", "main", "parameters", "phases", "protocol", "raster", "readout", "states", "timeline", "worker"].map((name) => `modules/${name}.js`),
  "pkg/freezable.js", "pkg/freezable_bg.wasm", "pkg/freezable_simd128_bg.wasm",
];

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== location.origin) return;
  event.respondWith(
    caches.open(CACHE).then(async (cache) => {
      try {
        const response = await fetch(request);
        if (response.ok) await cache.put(request, response.clone());
        return response;
      } catch (error) {
        const kept = await cache.match(request, { ignoreSearch: true });
        if (kept) return kept;
        throw error;
      }
    }),
  );
});
