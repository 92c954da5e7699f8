// The queue of this device, for people: how much waits, what became of it, and the ways out. It also sends when the
// line is back, and takes the device's copy away at signing out.
"use strict";
(() => {
	const queue = self.danvanQueue;
	if (!queue?.able) return;
	const all = (selector, from = document) => [...from.querySelectorAll(selector)];
	const el = (name, props, ...children) => {
		const e = Object.assign(document.createElement(name), props);
		e.append(...children);
		return e;
	};
	const me = Number(document.body.dataset.account ?? 0);
	const two = n => String(n).padStart(2, "0");
	const moment = ms => {
		const d = new Date(ms);
		return `${two(d.getHours())}:${two(d.getMinutes())} ngày ${d.getDate()}/${d.getMonth() + 1}`;
	};
	const waits = ["waiting", "sending", "signin"];

	const stateText = i => ({
		draft: "bản nháp trên máy này",
		waiting: i.say ? "chờ gửi: " + i.say : "chờ mạng",
		sending: i.done ? `đang gửi ${Math.floor(100 * i.done)} %` : "đang gửi",
		signin: "chờ đăng nhập lại",
		error: "lỗi: " + i.say,
		sent: "đã gửi",
	})[i.state];
	const chip = {draft: "", waiting: "wait", sending: "wait", signin: "wait", error: "late", sent: "done"};

	const link = document.querySelector("[data-waiting]");
	const count = items => {
		if (!link) return;
		const n = items.filter(i => waits.includes(i.state)).length, bad = items.filter(i => i.state === "error").length;
		link.hidden = !n && !bad;
		const text = [n && `${n} việc chờ gửi`, bad && `${bad} việc lỗi`].filter(Boolean).join(", ");
		if (link.textContent !== text) link.textContent = text;
	};

	const button = (text, about, act) => {
		const b = el("button", {type: "button", className: "btn quiet", textContent: text}, el("span", {className: "vh", textContent: " " + about}));
		b.addEventListener("click", async () => {
			b.disabled = true;
			await act();
			b.disabled = false;
		});
		return b;
	};

	// Mending: with a line the form becomes a draft at the server and is opened there; without, the prepared form is
	// filled in again.
	const mend = async (i, l, note) => {
		try {
			await queue.mark(i.id, {state: "draft"});
			location.assign(await queue.sendDraft({...i, state: "draft"}, i.state === "error"));
		} catch (e) {
			if (e.kind === "line" && !l.over) {
				location.assign(`/ghi-nhan/moi/${l.code}?tren-may=${i.id}`);
				return;
			}
			await queue.mark(i.id, {state: i.state === "sending" ? "waiting" : i.state});
			note.textContent = e.kind === "line" ? "Cần có mạng để mở bản sửa của một ghi nhận." : e.say ?? "Chưa mở được. Hãy thử lại.";
		}
	};

	const line = async i => {
		const l = queue.label(await queue.read(i));
		const name = l.kind + (l.over ? `, sửa ghi nhận số ${l.over}` : "");
		const note = el("small", {className: "muted"});
		const about = `${name}${l.day ? ", ngày " + l.day : ""}`;
		const li = el("li", {}, el("div", {},
			el("b", {textContent: name + " "}),
			el("span", {className: "chip " + chip[i.state], textContent: stateText(i)}),
			el("small", {textContent: [l.text, l.day && "việc ngày " + l.day, "gõ lúc " + moment(i.at), i.state === "sent" ? "" : "tự xóa sau " + moment(i.ends)].filter(Boolean).join(" · ")}), note));
		if (i.wrong?.length) li.firstChild.append(el("ul", {className: "err"}, ...i.wrong.map(w => el("li", {textContent: w}))));
		if (i.state === "sending" && i.done) {
			const bar = el("progress", {max: 1, value: i.done});
			bar.setAttribute("aria-label", "Đang gửi " + about);
			li.firstChild.append(bar);
		}
		const acts = el("div", {className: "row"});
		if (i.state === "sent") acts.append(el("a", {className: "btn quiet", href: "/ghi-nhan/" + i.saved, textContent: "Mở ghi nhận số " + i.saved}));
		if (i.state === "signin") acts.append(el("a", {className: "btn quiet", href: "/dang-nhap?sau=" + encodeURIComponent("/ban-nhap"), textContent: "Đăng nhập"}));
		if (i.state === "waiting" || i.state === "error") acts.append(button("Gửi lại", about, async () => {
			await queue.mark(i.id, {state: "waiting", next: 0});
			await queue.sendAll(true);
		}));
		if (i.state !== "sent" && i.state !== "sending") acts.append(button("Mở để sửa", about, () => mend(i, l, note)));
		if (i.state !== "sending") {
			const away = button(i.state === "sent" ? "Bỏ khỏi danh sách" : "Xóa", about, async () => {
				if (i.state === "sent" || away.dataset.sure) return queue.drop(i.id);
				away.dataset.sure = "1";
				away.firstChild.textContent = "Xóa hẳn?";
			});
			acts.append(away);
		}
		li.append(acts);
		return li;
	};
	let drawing = null, again = false;
	const draw = async () => {
		if (drawing) {
			again = true;
			return drawing;
		}
		drawing = (async () => {
			do {
				again = false;
				const items = await queue.list();
				count(items);
				for (const section of all("[data-queue]")) {
					const lines = await Promise.all(items.map(i => line(i).catch(() => null)));
					const had = document.activeElement?.closest?.("[data-queue]") === section ? document.activeElement.textContent : "";
					section.querySelector("ul").replaceChildren(...lines.filter(Boolean));
					if (had) all("button, a", section).find(b => b.textContent === had)?.focus();
					section.hidden = !items.length && section.dataset.queue !== "always";
					const none = section.querySelector("[data-none]");
					if (none) none.hidden = items.length > 0;
				}
			} while (again);
		})().finally(() => drawing = null);
		return drawing;
	};
	new BroadcastChannel("danvan-queue").addEventListener("message", () => draw().catch(() => {}));

	// The forms that are prepared for offline: those of the kinds used last on this device.
	const most = 12;
	const cacheOf = async () => caches.open(`mau-${await queue.account()}-${document.body.dataset.build ?? ""}`);
	const prepare = async codes => {
		const cache = await cacheOf();
		for (const code of codes) {
			const r = await fetch("/ngoai-tuyen/mau/" + code, {headers: {"X-Danvan-Account": String(me)}});
			if (r.ok && !r.redirected) {
				await cache.delete("/ngoai-tuyen/mau/" + code);
				await cache.put("/ngoai-tuyen/mau/" + code, r);
			}
		}
		const keys = await cache.keys();
		for (const old of keys.slice(0, Math.max(0, keys.length - most))) await cache.delete(old);
	};
	const showPrepared = async place => {
		const cache = await cacheOf();
		const lines = [];
		for (const request of await cache.keys()) {
			const text = await (await cache.match(request)).text();
			const name = new DOMParser().parseFromString(text, "text/html").querySelector("h1")?.textContent.trim();
			if (name) lines.push(el("li", {}, el("a", {href: "/ghi-nhan/moi/" + request.url.split("/").pop(), textContent: name})));
		}
		place.querySelector("ul").replaceChildren(...lines.reverse());
		place.querySelector("[data-none]").hidden = lines.length > 0;
	};

	// Signing out destroys the key. What has not been sent yet is asked for first.
	document.addEventListener("submit", e => {
		const form = e.target;
		if (new URL(form.action).pathname !== "/dang-xuat" || form.dataset.sure) return;
		e.preventDefault();
		e.stopImmediatePropagation();
		const leave = async () => {
			await queue.forget();
			form.dataset.sure = "1";
			form.requestSubmit(e.submitter);
		};
		queue.list().then(items => {
			const left = items.filter(i => i.state !== "sent").length;
			if (!left) return leave();
			const box = el("dialog", {className: "keys-box"});
			const out = el("button", {type: "button", className: "btn danger", textContent: "Đăng xuất và xóa khỏi máy này"});
			const stay = el("button", {type: "button", className: "btn primary", textContent: "Ở lại"});
			box.setAttribute("aria-label", "Còn việc chưa gửi");
			box.append(el("h2", {textContent: `Còn ${left} việc chưa gửi`}), el("p", {textContent: "Các việc này chỉ có trên máy này. Đăng xuất sẽ xóa chúng, không lấy lại được. Hãy gửi khi có mạng rồi đăng xuất."}), el("div", {className: "row"}, stay, out));
			stay.onclick = () => box.close();
			out.onclick = leave;
			box.onclose = () => box.remove();
			document.body.append(box);
			box.showModal();
		}, leave);
	}, true);

	const begin = async () => {
		if (me) await queue.signedIn(me);
		await queue.expire();
		await draw();
		if (new URLSearchParams(location.search).has("don-thu")) all("[data-letter]").forEach(e => e.hidden = false);
		const place = document.querySelector("[data-prepared]");
		if (place) await showPrepared(place);
		if (me) await queue.sendAll(true);
		const kinds = me ? all("[data-prepare]").map(e => e.dataset.prepare) : [];
		if (kinds.length) await prepare(kinds);
	};
	begin().catch(() => {});
	addEventListener("online", () => queue.sendAll(true).catch(() => {}));
	setInterval(() => queue.sendAll(false).catch(() => {}), 15000);

	if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").then(async r => {
		if ((await queue.list()).some(i => waits.includes(i.state))) await (await navigator.serviceWorker.ready).sync?.register("danvan-gui");
		return r;
	}).catch(() => {});
})();
