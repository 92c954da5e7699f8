// What is typed into a form of recording is kept while it is typed: at the server, and on the device while there is no
// line to it. Without this file the button “Lưu nháp” does it.
"use strict";
(() => {
	const form = document.querySelector("form[data-draft]");
	const line = document.getElementById("nhap-luc");
	const queue = self.danvanQueue;
	if (!form || !line || !queue) return;
	const quiet = 2000, longest = 8000; // milliseconds after the last change; between two keepings at most
	const onDevice = queue.able && form.dataset.device !== "no";
	const hidden = name => form.querySelector(`input[type=hidden][name="${name}"]`);
	const newKey = queue.newKey;

	const pairs = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !name.endsWith("-chon") && name !== "tep-may");
	const typed = () => new URLSearchParams(pairs());
	const said = () => new URLSearchParams(pairs().filter(([name]) => !["nhap", "nhap-ban", "cua-so", "an-ban", "loai-ten"].includes(name))).toString();
	const what = () => ({action: new URL(form.action).pathname, values: pairs()});

	const say = (text, link) => {
		line.textContent = text;
		if (link) line.append(" ", Object.assign(document.createElement("a"), {href: link.href, textContent: link.text}));
	};

	let kept = said(), wait = 0, since = 0, going = null, over = false, aside = false;
	const keepAside = async now => {
		if (!onDevice) {
			say("Chưa lưu nháp được vì chưa nối được máy chủ. Phần đã gõ vẫn ở trên trang này; biểu mẫu loại này không được giữ trên máy.");
			return;
		}
		if (!await queue.keep("draft", what())) return;
		aside = true;
		kept = now;
		say("Không có mạng: đã giữ bản nháp trên máy này lúc " + new Date().toLocaleTimeString("vi", {hour: "2-digit", minute: "2-digit"}) + ", sẽ gửi khi có mạng.");
		if (said() === now) form.dispatchEvent(new CustomEvent("kept", {bubbles: true}));
	};
	const keep = async leaving => {
		const now = said();
		if (over || now === kept && !aside) return;
		const controller = new AbortController();
		const late = setTimeout(() => controller.abort(), 15000);
		try {
			const r = await fetch(form.dataset.draft, {method: "POST", body: typed(), headers: {Accept: "application/json"}, keepalive: leaving === true, signal: controller.signal});
			if (r.status >= 500) throw new TypeError("no server");
			const a = await r.json();
			if (a.saved) {
				over = true;
				say(a.say, {href: "/ghi-nhan/" + a.saved, text: "Mở ghi nhận"});
				return;
			}
			if (!r.ok) {
				say(a.say, a.signIn ? {href: "/dang-nhap", text: "Đăng nhập"} : null);
				return;
			}
			hidden("nhap").value = a.id;
			hidden("nhap-ban").value = a.version;
			kept = now;
			if (aside) {
				aside = false;
				await queue.drop(hidden("khoa").value, true);
			}
			say(a.say, a.apart ? {href: "/ban-nhap", text: "Mở trang Bản nháp"} : null);
			history.replaceState(history.state, "", "/ban-nhap/" + a.id);
			if (said() === now) form.dispatchEvent(new CustomEvent("kept", {bubbles: true}));
		} catch {
			if (now !== kept || !aside) await keepAside(now);
		} finally {
			clearTimeout(late);
		}
	};
	const go = leaving => {
		clearTimeout(wait);
		since = 0;
		going = (going ?? Promise.resolve()).then(() => keep(leaving)).catch(() => {});
		return going;
	};
	const later = () => {
		if (over) return;
		clearTimeout(wait);
		since ||= Date.now();
		wait = setTimeout(go, Math.max(0, Math.min(quiet, since + longest - Date.now())));
	};

	// Opened without a line, or from what waits on this device.
	const fill = values => {
		for (const [name, n] of values.filter(([name]) => name.endsWith("-so-dong"))) {
			const box = form.querySelector(`[data-rows="${CSS.escape(name.slice(0, -8))}"]`);
			for (let more = Number(n) - (box?.querySelectorAll(":scope > [data-row]").length ?? Infinity); more > 0; more--) box.querySelector("button[data-add]").click();
		}
		const left = new Map();
		for (const [name, value] of values) left.set(name, [...left.get(name) ?? [], value]);
		for (const [name, list] of left) {
			if (name === "buoc") continue;
			const controls = [...form.elements].filter(e => e.name === name);
			const choices = controls.filter(e => e.type === "radio" || e.type === "checkbox");
			choices.forEach(e => e.checked = list.includes(e.value));
			const rest = choices.length ? list.filter(v => !choices.some(e => e.value === v)) : list;
			const plain = controls.filter(e => !choices.includes(e) && e.type !== "file" && e.type !== "submit");
			rest.forEach((value, i) => {
				const e = plain[i] ?? form.appendChild(Object.assign(document.createElement("input"), {type: "hidden", name}));
				if (e.tagName === "SELECT" && ![...e.options].some(o => o.value === value)) e.add(new Option(value, value));
				e.value = value;
			});
		}
	};
	const begin = async () => {
		if (form.dataset.offline !== undefined) {
			hidden("khoa").value = newKey();
			hidden("cua-so").value = newKey();
			const now = new Date();
			const today = form.querySelector("[name=ngay]");
			if (today) today.value = `${now.getDate()}/${now.getMonth() + 1}/${now.getFullYear()}`;
			const from = new URLSearchParams(location.search).get("tren-may");
			const item = from && (await queue.list()).find(i => i.id === from);
			if (item) {
				fill((await queue.read(item)).values);
				await queue.mark(item.id, {state: "draft"});
				say("Đang mở việc giữ trên máy này. Lưu lại để đưa vào hàng chờ.");
			}
			kept = said();
			if (!item) history.replaceState(history.state, "", location.pathname);
		}
		if (!onDevice) return;
		// While the form is open here nobody else sends what is kept of it.
		navigator.locks.request("danvan-open-" + hidden("khoa").value, () => new Promise(() => {}));
		form.dispatchEvent(new CustomEvent("resume"));
	};
	begin().catch(() => {});

	if (document.querySelector(".err-sum")) { // it came back with mistakes: nothing of it is kept yet
		kept = null;
		later();
	}
	form.addEventListener("input", later);
	form.addEventListener("change", later);
	new MutationObserver(later).observe(form, {childList: true, subtree: true, attributeFilter: ["value"]}); // rows, files
	addEventListener("visibilitychange", () => document.visibilityState === "hidden" && !over && go(true));
	addEventListener("online", () => !over && go());

	// Files that wait for the line take the form along into the queue. A letter never goes there: it is only sent where
	// the server answers.
	const intoQueue = async () => {
		const row = await queue.keep("waiting", what());
		if (!row) {
			say("Máy này không giữ được biểu mẫu. Hãy để yên trang này và lưu lại khi có mạng.");
			return;
		}
		over = true;
		form.dispatchEvent(new CustomEvent("kept", {bubbles: true}));
		location.assign("/ban-nhap#tren-may");
	};
	// Files that are nearly there are waited for.
	const filesOrQueue = async submitter => {
		for (const end = Date.now() + 3000; form.querySelector(".file progress") && Date.now() < end;) await new Promise(done => setTimeout(done, 100));
		if (form.querySelector("[name=tep-may]")) await intoQueue();
		else form.requestSubmit(submitter);
	};
	const answers = async () => {
		try {
			return (await fetch("/manifest.webmanifest", {method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(8000)})).ok;
		} catch {
			return false;
		}
	};

	// A form is sent after the last keeping is answered, so that the server takes both for one window.
	let sending = false;
	form.addEventListener("submit", e => {
		if (e.defaultPrevented || sending) {
			over = true;
			clearTimeout(wait);
			return;
		}
		e.preventDefault();
		e.stopPropagation();
		const submitter = e.submitter, saves = ["xem", "luu"].includes(submitter?.value);
		if (saves && form.querySelector("[name=tep-may]")) {
			filesOrQueue(submitter);
			return;
		}
		clearTimeout(wait);
		const first = saves && submitter.value === "xem" && navigator.onLine || going ? go() : Promise.resolve();
		Promise.race([first, new Promise(done => setTimeout(done, 3000))]).then(async () => {
			if (!onDevice && !await answers()) {
				say("Chưa nối được máy chủ nên chưa gửi. Phần đã gõ vẫn ở trên trang này: hãy để yên trang và bấm lại khi có mạng.");
				line.scrollIntoView({block: "center"});
				return;
			}
			await new Promise(done => setTimeout(done)); // while its submit event is still under way, a form does not submit again
			sending = true;
			form.requestSubmit(submitter);
		});
	});
	addEventListener("pageshow", e => {
		if (e.persisted) sending = over = false;
	});
})();
