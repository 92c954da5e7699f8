// What the tests put into the page by the driver: hands that fill in any form, and eyes for what does not belong to a page.
window.robot ??= (() => {
	const parsed = text => new DOMParser().parseFromString(text, "text/html");
	const get = async path => { const r = await fetch(path); return {at: new URL(r.url).pathname, status: r.status, page: parsed(await r.text())}; };
	const formOf = (page, action) => [...page.querySelectorAll("form")].find(f => f.method === "post" && (f.getAttribute("action") || "").startsWith(action));
	const open = (page, action, named) => [...page.querySelectorAll("form")].find(f => f.method === "post" && (f.getAttribute("action") || "").startsWith(action) && (!named || f.elements[named]));

	// what may be tried in a place for words, in this order, until the page takes it
	const tries = (e, payloads, n) => {
		if (e.tagName === "SELECT") return [[...e.options].map(o => o.value).find(v => v) ?? "", ""];
		if (e.type === "radio" || e.type === "checkbox") return null;
		if (e.type === "file" || e.type === "hidden" || e.type === "submit") return null;
		if (e.tagName === "TEXTAREA") return [payloads.join("\n"), payloads[n % payloads.length], ""];
		return [payloads[n % payloads.length], payloads[0].slice(0, 60), "", new Date(Date.now() + 7 * 36e5).toLocaleDateString("en-GB", {timeZone: "UTC"}), "1", "2026"];
	};

	// submit fills every place of a form with payloads, presses a button, and gives up a place's text only where the page says
	// that it cannot stand there. It returns where the answer stands, and its text.
	const submit = async (path, {action = path, named = "", button = "", payloads, fixed = {}, files = {}}) => {
		let {page} = await get(path), form = open(page, action, named), at = "", text = "", status = 0;
		if (!form) return {ok: false, why: "no form " + action + " at " + path};
		const turn = {};
		for (let round = 0; round < 8; round++) {
			const data = new URLSearchParams(), multi = form.enctype === "multipart/form-data", send = new FormData();
			let n = 0;
			const put = (name, value) => { data.append(name, value); send.append(name, value); };
			const seen = {};
			for (const e of form.elements) {
				if (!e.name || e.disabled || e.tagName === "BUTTON" || e.name === "trang-web") continue;
				const list = tries(e, payloads, n++);
				if (e.name in fixed) { if (!seen[e.name]) put(e.name, fixed[e.name]); seen[e.name] = true; continue; }
				if (e.type === "radio") { if (e.checked || !seen[e.name] && !form.querySelector(`[name="${e.name}"]:checked`)) put(e.name, e.value); seen[e.name] = true; continue; }
				if (!list) { if (e.type === "hidden" || e.type === "checkbox" && e.checked) put(e.name, e.value); continue; }
				if (e.tagName === "SELECT" && e.value && !turn.lists) { put(e.name, e.value); continue; }
				if (e.tagName === "SELECT" && e.name === "don-vi") { put(e.name, list[0]); continue; }
				put(e.name, list[Math.min(turn[e.name] ?? 0, list.length - 1)]);
			}
			for (const name in files) send.append(name, new File([Uint8Array.from(atob(files[name][1]), c => c.charCodeAt(0))], files[name][0]));
			if (button) put(...button.split("="));
			const r = await fetch(form.getAttribute("action"), {method: "POST", body: multi ? send : data});
			text = await r.text(); at = new URL(r.url).pathname; status = r.status;
			page = parsed(text);
			const bad = new Set([...page.querySelectorAll('[aria-invalid="true"], .field.bad [name]')].map(e => e.name));
			for (const a of page.querySelectorAll(".err-sum a")) bad.add(page.getElementById((a.getAttribute("href") || "").slice(1))?.name);
			if (status < 400 && bad.size === 0) return {ok: true, at, text};
			bad.delete(undefined); bad.delete("");
			if (bad.size === 0 && !turn.lists && page.querySelector(".err-sum")) { // nothing is named: it may be a choice
				turn.lists = 1;
				for (const e of form.elements) if (e.tagName === "SELECT" && e.name !== "don-vi") bad.add(e.name);
			}
			if (bad.size === 0) return {ok: false, status, text, why: page.querySelector(".err-sum, main")?.textContent.replace(/\s+/g, " ").trim().slice(0, 300)};
			for (const name of bad) { // the page says what it wants: a number, a day, or nothing of the kind
				const says = page.getElementById(name + "-e")?.textContent ?? "", was = turn[name] ?? 0;
				const wants = /(Vĩ|Kinh) độ/.test(says) ? 2 : /(Ngày|Hạn|Thời hạn).*chưa có giá trị/.test(says) ? 3 : /không phải số|chưa có giá trị|lớn hơn|nhỏ hơn/.test(says) ? was === 4 ? 5 : 4 : /không phải ngày/.test(says) ? was === 2 ? 3 : 2 : was + 1;
				turn[name] = wants === was ? was + 1 : wants;
			}
			form = open(page, action, named) ?? form;
		}
		return {ok: false, status, text, why: [...page.querySelectorAll(".err-sum, .err")].map(e => e.textContent.replace(/\s+/g, " ").trim()).join("; ").slice(0, 300)};
	};

	// strange names what no page of danvan has: what a text has made of itself.
	const strange = (page = document) => {
		const out = [];
		for (const e of page.querySelectorAll("*")) {
			const what = e.outerHTML.slice(0, 120);
			if (e.hasAttribute("data-tiem")) out.push("a text became an element: " + what);
			for (const a of e.attributes) if (/^on/i.test(a.name)) out.push("handler " + a.name + ": " + what);
			for (const name of ["href", "action", "formaction", "src", "xlink:href"]) {
				const v = e.getAttribute(name);
				if (v && /^[\s\0-\x1f]*(javascript|vbscript|data:text)/i.test(v)) out.push("address: " + what);
			}
			if (/^(IFRAME|OBJECT|EMBED|BASE|STYLE|APPLET|FRAME)$/.test(e.tagName) || e.tagName === "SCRIPT" && !e.src && e.type !== "application/json" || e.tagName === "META" && e.httpEquiv) out.push("element: " + what);
		}
		return out;
	};
	const links = () => [...new Set([...document.querySelectorAll("a[href]")].filter(a => a.origin === location.origin && a.target !== "_blank").map(a => a.pathname + a.search))];
	const bytes = async path => { const r = await fetch(path), b = new Uint8Array(await r.arrayBuffer()); let s = ""; for (let i = 0; i < b.length; i += 8192) s += String.fromCharCode(...b.subarray(i, i + 8192)); return {status: r.status, type: r.headers.get("Content-Type") || "", as: r.headers.get("Content-Disposition") || "", data: btoa(s)}; };
	return {get, submit, strange, links, bytes, parsed};
})();
