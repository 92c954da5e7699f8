// What is typed into a form of recording is kept while it is typed, at the server. Without this file the button
// “Lưu nháp” does it.
"use strict";
(() => {
	const form = document.querySelector("form[data-draft]");
	const line = document.getElementById("nhap-luc");
	if (!form || !line) return;
	const quiet = 2000, longest = 8000; // milliseconds after the last change; between two keepings at most
	const hidden = name => form.querySelector(`input[type=hidden][name="${name}"]`);

	const typed = () => {
		const out = new URLSearchParams();
		for (const [name, value] of new FormData(form)) if (typeof value === "string" && !name.endsWith("-chon")) out.append(name, value);
		return out;
	};
	const said = () => {
		const t = typed();
		for (const name of ["nhap", "nhap-ban", "cua-so", "an-ban"]) t.delete(name);
		return t.toString();
	};

	const say = (text, link) => {
		line.textContent = text;
		if (link) line.append(" ", Object.assign(document.createElement("a"), {href: link.href, textContent: link.text}));
	};

	let kept = said(), wait = 0, since = 0, going = null, over = false;
	const keep = async leaving => {
		const now = said();
		if (over || now === kept) return;
		const controller = new AbortController();
		const late = setTimeout(() => controller.abort(), 15000);
		try {
			const r = await fetch(form.dataset.draft, {method: "POST", body: typed(), headers: {Accept: "application/json"}, keepalive: leaving === true, signal: controller.signal});
			const a = await r.json();
			if (a.saved) {
				over = true;
				say(a.say, {href: "/ghi-nhan/" + a.saved, text: "Mở ghi nhận"});
				return;
			}
			if (!r.ok) {
				say(a.say);
				return;
			}
			hidden("nhap").value = a.id;
			hidden("nhap-ban").value = a.version;
			kept = now;
			say(a.say, a.apart ? {href: "/ban-nhap", text: "Mở trang Bản nháp"} : null);
			history.replaceState(history.state, "", "/ban-nhap/" + a.id);
			if (said() === now) form.dispatchEvent(new CustomEvent("kept", {bubbles: true}));
		} catch {
			say("Chưa lưu nháp được vì chưa nối được máy chủ. Phần đã gõ vẫn ở trên trang này.");
		} finally {
			clearTimeout(late);
		}
	};
	const go = leaving => {
		clearTimeout(wait);
		since = 0;
		going = (going ?? Promise.resolve()).then(() => keep(leaving));
		return going;
	};
	const later = () => {
		if (over) return;
		clearTimeout(wait);
		since ||= Date.now();
		wait = setTimeout(go, Math.max(0, Math.min(quiet, since + longest - Date.now())));
	};
	if (document.querySelector(".err-sum")) { // it came back with mistakes: nothing of it is kept yet
		kept = null;
		later();
	}
	form.addEventListener("input", later);
	form.addEventListener("change", later);
	new MutationObserver(later).observe(form, {childList: true, subtree: true, attributeFilter: ["value"]}); // rows, files
	addEventListener("visibilitychange", () => document.visibilityState === "hidden" && !over && go(true));

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
		const first = e.submitter?.value === "xem" || going ? go() : Promise.resolve();
		Promise.race([first, new Promise(done => setTimeout(done, 3000))]).then(() => {
			sending = true;
			form.requestSubmit(e.submitter);
		});
	});
	addEventListener("pageshow", e => {
		if (e.persisted) sending = over = false;
	});
})();
