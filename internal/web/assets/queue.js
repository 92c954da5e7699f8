// What waits on this device for a line: forms and files, sealed with a key of the account that cannot be taken out.
// Pages and the service worker share this file; it shows nothing. See docs/field.md for what it keeps, and for how long.
"use strict";
self.danvanQueue = (() => {
	const day = 24 * 3600e3, life = 7 * day, sentLife = 2 * day; // milliseconds
	const chunk = 256 << 10, chunkTime = 120e3; // bytes of one part of a file; milliseconds that it may take
	const able = Boolean(self.isSecureContext && self.crypto?.subtle && self.indexedDB && navigator.locks);

	// The store. Every row has an id.
	let opened = null;
	const open = () => opened ??= new Promise((done, fail) => {
		const r = indexedDB.open("danvan", 1);
		r.onupgradeneeded = () => ["meta", "keys", "items", "blobs"].forEach(name => r.result.createObjectStore(name, {keyPath: "id"}));
		r.onerror = () => {
			opened = null;
			fail(r.error);
		};
		r.onsuccess = () => {
			r.result.onversionchange = () => {
				r.result.close();
				opened = null;
			};
			done(r.result);
		};
	});
	const run = async (store, mode, act) => {
		const t = (await open()).transaction(store, mode);
		const r = act(t.objectStore(store));
		return new Promise((done, fail) => {
			t.oncomplete = () => done(r?.result);
			t.onerror = t.onabort = () => fail(t.error);
		});
	};
	const get = (store, id) => run(store, "readonly", s => s.get(id));
	const all = store => run(store, "readonly", s => s.getAll());
	const put = (store, row) => run(store, "readwrite", s => s.put(row));
	const del = (store, id) => run(store, "readwrite", s => s.delete(id));
	const changed = () => {
		const c = new BroadcastChannel("danvan-queue");
		c.postMessage("changed");
		c.close();
	};

	// Whose device it is at the moment: the account that signed in last and has not signed out.
	const account = async () => (await get("meta", "account"))?.value ?? 0;
	const signedIn = async id => {
		if (await account() !== id) await put("meta", {id: "account", value: id});
	};

	// The key of an account. It is made here, never leaves the browser, and is gone when the person signs out.
	const keyOf = async id => {
		const row = await get("keys", id);
		if (row) return row.key;
		const key = await crypto.subtle.generateKey({name: "AES-GCM", length: 256}, false, ["encrypt", "decrypt"]);
		try {
			await run("keys", "readwrite", s => s.add({id, key}));
		} catch { /* another window made it first */ }
		return (await get("keys", id)).key;
	};
	const seal = async (id, name, bytes) => {
		const iv = crypto.getRandomValues(new Uint8Array(12));
		const sealed = await crypto.subtle.encrypt({name: "AES-GCM", iv, additionalData: new TextEncoder().encode(name)}, await keyOf(id), bytes);
		return {iv, sealed};
	};
	const unseal = async row => crypto.subtle.decrypt({name: "AES-GCM", iv: row.iv, additionalData: new TextEncoder().encode(row.id)}, await keyOf(row.account), row.sealed);

	// An item is one form. Its id is the form's key, so that a form stands in the queue once.
	const sealItem = async (row, what) => Object.assign(row, await seal(row.account, row.id, new TextEncoder().encode(JSON.stringify(what))));
	const keep = async (state, what) => {
		const id = what.values.find(([name]) => name === "khoa")?.[1];
		const owner = await account();
		if (!able || !id || !owner) return null;
		const now = Date.now();
		const row = await sealItem({id, account: owner, state, at: now, ends: now + life, next: 0, tries: 0, say: "", wrong: [], done: 0, saved: 0}, what);
		await put("items", row);
		changed();
		return row;
	};
	const read = async row => JSON.parse(new TextDecoder().decode(await unseal(row)));
	const label = what => {
		const value = name => what.values.find(([n, v]) => n === name && v)?.[1];
		const text = what.values.find(([n, v]) => n.startsWith("f-") && v.includes(" ") && /\p{L}/u.test(v))?.[1];
		return {kind: value("loai-ten") ?? "Ghi nhận", text: (text ?? "").slice(0, 90), day: value("ngay") ?? "", over: Number(value("ghi-nhan") ?? 0), code: value("loai") ?? ""};
	};
	const list = async () => {
		const owner = await account();
		return (await all("items")).filter(i => i.account === owner).sort((a, b) => a.at - b.at);
	};
	const drop = async (id, butFiles) => {
		if (!butFiles) for (const b of await all("blobs")) if (b.item === id) await del("blobs", b.id);
		await del("items", id);
		changed();
	};

	// expire throws away what nobody came back for, and the keys that seal nothing any more.
	const expire = async () => {
		const now = Date.now();
		for (const store of ["items", "blobs"]) for (const row of await all(store)) if (row.ends < now) await del(store, row.id);
		const used = new Set([...await all("items"), ...await all("blobs")].map(r => r.account));
		const owner = await account();
		for (const k of await run("keys", "readonly", s => s.getAllKeys())) if (!used.has(k) && k !== owner) await del("keys", k);
	};

	// forget destroys all that the device keeps of the account: the key first.
	const forget = async () => {
		const owner = await account();
		if (!owner) return;
		await del("keys", owner);
		for (const store of ["items", "blobs"]) for (const row of await all(store)) if (row.account === owner) await del(store, row.id);
		await del("meta", "account");
		for (const name of await caches.keys()) if (name.startsWith(`mau-${owner}-`)) await caches.delete(name);
		changed();
	};

	// Files. A failure is one of the line (try again), of the session (sign in), or of the file itself.
	class Failure extends Error {
		constructor(kind, say, wrong = []) {
			super(say);
			Object.assign(this, {kind, say, wrong});
		}
	}
	const asked = async (address, how = {}) => {
		let r;
		try {
			r = await fetch(address, {...how, signal: AbortSignal.timeout(chunkTime), headers: {Accept: "application/json", "X-Danvan-Account": String(await account()), ...how.headers}});
		} catch {
			throw new Failure("line", "Chưa nối được máy chủ");
		}
		if (r.status >= 500 || r.status === 429) throw new Failure("line", "Máy chủ đang bận hoặc đang dừng");
		return r;
	};
	const refusal = async r => {
		let a = {};
		try {
			a = await r.json();
		} catch { /* no words: the status says enough */ }
		if (r.status === 401) return new Failure("signin", a.say ?? "Phiên đăng nhập đã hết. Hãy đăng nhập lại.");
		return new Failure("refused", a.say ?? "Máy chủ không nhận (mã " + r.status + ").", a.wrong ?? []);
	};
	const upload = async (data, name, part, begun, progress) => {
		const tus = {"Tus-Resumable": "1.0.0"};
		let offset = 0;
		if (part) {
			const r = await asked(part, {method: "HEAD", headers: tus});
			if (r.ok) offset = Number(r.headers.get("Upload-Offset"));
			else if (r.status === 404) part = "";
			else throw await refusal(r);
		}
		if (!part) {
			const called = btoa(String.fromCharCode(...new TextEncoder().encode(name)));
			const r = await asked("/tep-len", {method: "POST", headers: {...tus, "Upload-Length": String(data.size), "Upload-Metadata": "filename " + called}});
			if (r.status !== 201) throw await refusal(r);
			part = r.headers.get("Location");
			offset = 0;
			await begun(part);
		}
		for (let elsewhere = 0; offset < data.size;) {
			progress(offset / data.size);
			const r = await asked(part, {method: "PATCH", body: data.slice(offset, offset + chunk), headers: {...tus, "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream"}});
			if (r.status === 409 && elsewhere++ > 5 || r.status !== 204 && r.status !== 409) throw await refusal(r);
			offset = Number(r.headers.get("Upload-Offset"));
		}
		progress(1);
		const r = await asked(part + "/xong", {method: "POST"});
		if (!r.ok) throw await refusal(r);
		return r.json();
	};

	// A file is kept until it is at the server, so that it goes on after a reload. item is the key of its form.
	const keepFile = async (item, control, file) => {
		const owner = await account();
		if (!able || !owner) return null;
		const id = crypto.randomUUID(), now = Date.now();
		const row = {id, item, account: owner, control, name: file.name, size: file.size, type: file.type, part: "", ends: now + life, at: now};
		Object.assign(row, await seal(owner, id, await file.arrayBuffer()));
		row.name = ""; // names of files say much: sealed with the form, or with themselves
		row.called = await seal(owner, id + "-ten", new TextEncoder().encode(file.name));
		await put("blobs", row);
		return id;
	};
	const nameOf = async row => new TextDecoder().decode(await unseal({...row.called, id: row.id + "-ten", account: row.account}));
	const filesOf = async item => {
		const owner = await account();
		const out = [];
		for (const b of await all("blobs")) if (b.item === item && b.account === owner) out.push({id: b.id, control: b.control, size: b.size, at: b.at, name: await nameOf(b)});
		return out.sort((a, b) => a.at - b.at);
	};
	const uploadFile = async (id, progress) => navigator.locks.request("danvan-file-" + id, async () => {
		const row = await get("blobs", id);
		if (!row) return null;
		const data = new Blob([await unseal(row)]);
		const a = await upload(data, await nameOf(row), row.part, async part => {
			const now = await get("blobs", id);
			if (now) await put("blobs", {...now, part});
		}, progress);
		return a;
	});
	const dropFile = id => del("blobs", id);

	// One form goes: its files first, each from where it stopped, then the form under its own key.
	const mark = async (id, what) => {
		const row = await get("items", id);
		if (row) await put("items", {...row, ...what});
		changed();
	};
	// A draft goes without a file that the server does not take; its writer sees that it is missing.
	const sendFiles = async (row, what, lenient) => {
		const files = await filesOf(row.id);
		const whole = files.reduce((n, f) => n + f.size, 0);
		let before = 0;
		for (const f of files) {
			let a = null;
			try {
				a = await uploadFile(f.id, p => mark(row.id, {done: (before + p * f.size) / whole}));
			} catch (e) {
				if (!lenient || e.kind !== "refused") throw e;
				await dropFile(f.id);
			}
			before += f.size;
			if (!a) continue;
			what.values.push([f.control, a.hash]);
			await put("items", await sealItem({...await get("items", row.id) ?? row}, what));
			await dropFile(f.id);
		}
	};
	const body = (what, step) => {
		const out = new URLSearchParams();
		for (const [name, value] of what.values) if (name !== "buoc") out.append(name, value);
		out.append("buoc", step);
		return out;
	};
	const sendItem = async row => {
		const what = await read(row);
		await mark(row.id, {state: "sending", done: 0});
		await sendFiles(row, what);
		const r = await asked(what.action, {method: "POST", body: body(what, "luu")});
		if (!r.ok) throw await refusal(r);
		const a = await r.json();
		if (!a.saved) throw new Failure("refused", a.say ?? "Máy chủ chưa lưu việc này. Hãy mở ra xem lại.", a.wrong ?? []);
		const short = {action: what.action, values: what.values.filter(([n]) => ["loai", "loai-ten", "ngay", "ghi-nhan"].includes(n))};
		short.values.push(["f-", label(what).text]);
		await put("items", await sealItem({...row, state: "sent", saved: a.saved, ends: Date.now() + sentLife, say: "", wrong: []}, short));
		changed();
	};

	const letters = "A234567BCDEFGHIJKLMNOPQRSTUVWXYZ";
	const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(26)), b => letters[b % 32]).join("");

	// What was typed without a line goes to the other drafts. It gives the draft's address. A form that was saved and then
	// changed here, so that the server refused it, is opened as a form of its own: what was typed is not lost, and the
	// last look tells of the double.
	const sendDraft = async (row, refused) => {
		const what = await read(row);
		await sendFiles(row, what, true);
		const post = async () => {
			const r = await asked("/ban-nhap", {method: "POST", body: body(what, "")});
			if (!r.ok) throw await refusal(r);
			return r.json();
		};
		let a = await post();
		if (a.saved && refused) {
			what.values = what.values.filter(([n]) => !["khoa", "nhap", "nhap-ban"].includes(n)).concat([["khoa", newKey()]]);
			a = await post();
		}
		const now = await get("items", row.id);
		if (now && now.at === row.at) await drop(row.id);
		return a.saved ? "/ghi-nhan/" + a.saved : "/ban-nhap/" + a.id;
	};

	const failed = async (row, e) => {
		const tries = row.tries + 1;
		const kind = e instanceof Failure ? e.kind : "line";
		const state = row.state === "draft" ? "draft" : {line: "waiting", signin: "signin", refused: "error"}[kind];
		await mark(row.id, {state, tries, say: e.say ?? "", wrong: e.wrong ?? [], next: Date.now() + Math.min(300e3, 5e3 * 2 ** tries)});
		return kind;
	};

	// Only one window or worker sends at a time. What was sent twice all the same is one entry: the server keeps the keys.
	const sendAll = async now => {
		if (!able) return 0;
		await navigator.locks.request("danvan-queue", {ifAvailable: true}, async lock => {
			if (!lock) return;
			await expire();
			const typing = new Set((await navigator.locks.query()).held.map(l => l.name)); // forms that stand open
			for (const row of await list()) {
				if (!["waiting", "sending", "signin", "draft"].includes(row.state) || !now && row.next > Date.now()) continue;
				if (row.state === "draft" && typing.has("danvan-open-" + row.id)) continue;
				try {
					await (row.state === "draft" ? sendDraft : sendItem)(row);
				} catch (e) {
					if (await failed(row, e) === "line") break; // the others would fail the same way
				}
			}
		});
		return (await list()).filter(i => ["waiting", "sending"].includes(i.state)).length;
	};

	return {able, account, signedIn, forget, keep, read, list, label, drop, mark, sendAll, sendDraft, keepFile, filesOf, uploadFile, upload, dropFile, newKey, Failure, expire};
})();
