// The service worker. It keeps style sheets, scripts, fonts and one empty page; never a page with anything of anybody
// in it, but for the forms without content that were prepared for offline. A form that cannot be sent goes into the
// queue of the device instead of an error page. Before these lines stand its version, what it keeps, and the queue.
"use strict";
const shell = "/ngoai-tuyen";
const own = "vo-" + build;

self.addEventListener("install", e => e.waitUntil((async () => {
	const cache = await caches.open(own);
	await cache.addAll([...keeps, shell].map(path => new Request(path, {cache: path === shell ? "reload" : "default", credentials: "omit"})));
	await self.skipWaiting();
})()));

// Forms prepared under an older build name style sheets that are gone: they are fetched anew.
self.addEventListener("activate", e => e.waitUntil((async () => {
	const old = (await caches.keys()).filter(name => name !== own && !name.endsWith("-" + build));
	const account = await danvanQueue.account().catch(() => 0);
	for (const name of old) {
		if (account && name.startsWith(`mau-${account}-`)) await again(await caches.open(name), await caches.open(`mau-${account}-${build}`)).catch(() => {});
		await caches.delete(name);
	}
	await self.clients.claim();
})()));
const again = async (from, to) => {
	for (const request of await from.keys()) {
		const r = await fetch(request.url);
		if (r.ok && !r.redirected) await to.put(request.url, r);
	}
};

self.addEventListener("fetch", e => {
	const request = e.request, url = new URL(request.url);
	if (url.origin !== location.origin) return;
	if (request.method === "GET" && url.pathname.startsWith("/tinh/")) {
		e.respondWith(caches.match(request, {cacheName: own}).then(kept => kept ?? fetch(request)));
		return;
	}
	if (request.mode !== "navigate") return;
	if (request.method === "GET") e.respondWith(page(request, url));
	else if (request.method === "POST" && /^\/ghi-nhan\/(moi\/[a-z0-9_]+|\d+\/sua)$/.test(url.pathname)) e.respondWith(sent(request, url));
});

// A page comes from the server alone. Where it does not answer: the prepared form, or the empty page.
const page = async (request, url) => {
	try {
		const r = await fetch(request);
		if (![502, 504].includes(r.status)) return r;
	} catch { /* no line */ }
	const kind = url.pathname.match(/^\/ghi-nhan\/moi\/([a-z0-9_]+)$/)?.[1];
	const account = kind && await danvanQueue.account().catch(() => 0);
	const form = account && await caches.match("/ngoai-tuyen/mau/" + kind, {cacheName: `mau-${account}-${build}`});
	return form || await caches.match(shell, {cacheName: own}) || Response.error();
};

// A form that does not reach the server, or that the server fails to answer, waits here under its own key: it may
// have been saved all the same, and is the same entry when it is sent again.
const sent = async (request, url) => {
	const copy = request.clone();
	try {
		const r = await fetch(request);
		if (r.status < 500) return r;
	} catch { /* no line */ }
	const values = [...await copy.formData()].filter(([name, value]) => typeof value === "string" && name !== "tep-may");
	const value = name => values.find(([n]) => n === name)?.[1] ?? "";
	if (value("giu-may") === "khong") return Response.redirect(shell + "?don-thu=1", 303);
	const saves = ["", "xem", "luu"].includes(value("buoc"));
	const row = await danvanQueue.keep(saves ? "waiting" : "draft", {action: url.pathname, values}).catch(() => null);
	if (!row) return Response.error();
	await self.registration.sync?.register("danvan-gui").catch(() => {});
	return Response.redirect("/ban-nhap#tren-may", 303);
};

self.addEventListener("sync", e => {
	if (e.tag === "danvan-gui") e.waitUntil(danvanQueue.sendAll(true).then(left => {
		if (left) throw new Error("still waiting");
	}));
});
