// What every page gains where scripts run. Nothing here is needed: each page works without it.
"use strict";
(() => {
	const root = document.documentElement;
	root.classList.add("js");
	const all = (selector, from = document) => [...from.querySelectorAll(selector)];

	// What went wrong is read first.
	document.querySelector("[data-focus]")?.focus();

	// A form goes once. A page that comes back from the browser's memory may be sent again.
	const sent = new WeakSet();
	document.addEventListener("submit", e => {
		const form = e.target;
		if (form.method !== "post" || e.defaultPrevented) return;
		if (sent.has(form)) {
			e.preventDefault();
			return;
		}
		sent.add(form);
		form.setAttribute("aria-busy", "true");
		dirty.delete(form);
	});
	addEventListener("pageshow", e => {
		if (!e.persisted) return;
		if (document.querySelector("form[data-record-review]")) location.reload(); // it may be saved by now
		all("form[aria-busy]").forEach(f => {
			f.removeAttribute("aria-busy");
			sent.delete(f);
		});
	});

	// What was typed is not lost by a wrong click.
	const dirty = new Set();
	document.addEventListener("input", e => {
		const form = e.target.form;
		if (form?.matches("[data-keep]")) dirty.add(form);
	});
	document.addEventListener("kept", e => dirty.delete(e.target)); // as a draft
	addEventListener("beforeunload", e => {
		if ([...dirty].some(f => f.isConnected)) e.preventDefault();
	});

	// One picker at a time; Escape and a click elsewhere close it.
	const picks = () => all("details.pick[open], details.more[open]");
	document.addEventListener("click", e => picks().forEach(d => {
		if (!d.contains(e.target)) d.open = false;
	}));
	document.addEventListener("toggle", e => {
		if (!e.target.matches?.("details.pick") || !e.target.open) return;
		picks().forEach(d => {
			if (d !== e.target) d.open = false;
		});
		if (matchMedia("(min-width:60.01rem)").matches) e.target.querySelector("input[data-combo], input[role=combobox]")?.focus();
	}, true);

	// Files go up with a bar that says how far.
	document.addEventListener("submit", e => {
		const form = e.target;
		if (e.defaultPrevented || !form.matches("[data-upload]")) return;
		const files = all("input[type=file]", form).flatMap(i => [...i.files]);
		if (!files.length) return;
		e.preventDefault();
		upload(form, e.submitter);
	});
	const upload = (form, button) => {
		const line = document.createElement("p");
		const bar = document.createElement("progress");
		const text = document.createElement("span");
		line.className = "uploading";
		line.setAttribute("role", "status");
		bar.max = 100;
		bar.setAttribute("aria-label", "Đang tải tệp lên");
		line.append(bar, text);
		form.append(line);
		const failed = say => {
			line.replaceChildren(Object.assign(document.createElement("span"), {className: "err", textContent: say}));
			form.removeAttribute("aria-busy");
			sent.delete(form);
			if (form.matches("[data-keep]")) dirty.add(form);
		};
		const data = new FormData(form, button);
		const x = new XMLHttpRequest();
		x.open("POST", form.action);
		x.upload.onprogress = p => {
			if (!p.lengthComputable) return;
			bar.value = 100 * p.loaded / p.total;
			text.textContent = p.loaded < p.total ? `Đã tải lên ${Math.floor(bar.value)}%` : "Đang kiểm tra tệp";
		};
		x.onerror = () => failed("Mất mạng khi đang tải tệp. Hãy kiểm tra mạng rồi gửi lại; những gì đã gõ vẫn còn.");
		x.onload = () => {
			if (x.responseURL && new URL(x.responseURL).pathname !== new URL(form.action).pathname) {
				location.assign(x.responseURL);
				return;
			}
			document.open();
			document.write(x.responseText);
			document.close();
		};
		x.send(data);
	};

	// Keys. They rest while somebody types, and for whoever has switched them off.
	const off = () => {
		try {
			return localStorage.getItem("phim-tat") === "tat";
		} catch {
			return false;
		}
	};
	let lead = 0;
	document.addEventListener("keydown", e => {
		if (e.key === "Escape") {
			picks().forEach(d => {
				const inside = d.contains(document.activeElement);
				d.open = false;
				if (inside) d.querySelector("summary").focus();
			});
			return;
		}
		if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || off()) return;
		if (e.target.closest("input, textarea, select, [contenteditable], dialog")) return;
		if (e.timeStamp - lead < 1500) {
			lead = 0;
			const to = document.querySelector(`[data-go="${CSS.escape(e.key)}"]`);
			if (to) {
				e.preventDefault();
				to.click();
			}
			return;
		}
		if (e.key === "g") lead = e.timeStamp;
		else if (e.key === "/") {
			const box = all(".find input[type=search]").find(i => i.offsetParent);
			if (!box) return;
			e.preventDefault();
			box.focus();
			box.select();
		} else if (e.key === "?") {
			e.preventDefault();
			showKeys();
		}
	});

	const showKeys = async () => {
		try {
			const answer = await fetch("/phim-tat");
			const page = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("phim-tat");
			if (!answer.ok || !page) throw new Error("no page");
			const box = document.createElement("dialog");
			const close = Object.assign(document.createElement("button"), {className: "btn", textContent: "Đóng", type: "button"});
			box.setAttribute("aria-label", "Phím tắt");
			box.className = "keys-box";
			box.append(document.importNode(page, true), close);
			close.onclick = () => box.close();
			box.onclose = () => box.remove();
			document.body.append(box);
			keysSwitch(box);
			box.showModal();
		} catch {
			location.assign("/phim-tat");
		}
	};

	// Whoever speaks to the computer must be able to switch single keys off (WCAG 2.1.4).
	const keysSwitch = from => {
		const place = from.querySelector("[data-keys-switch]");
		if (!place) return;
		const box = Object.assign(document.createElement("input"), {type: "checkbox", checked: !off()});
		const label = document.createElement("label");
		label.className = "opt";
		label.append(box, "Dùng phím tắt trên máy này");
		box.onchange = () => {
			try {
				localStorage.setItem("phim-tat", box.checked ? "bat" : "tat");
			} catch { /* nowhere to keep it: the keys stay on */ }
		};
		place.replaceChildren(label);
	};
	keysSwitch(document);

	// A notice that was read goes away by itself only where it covers nothing: here it gets a way out.
	all(".toast").forEach(toast => {
		const close = Object.assign(document.createElement("button"), {type: "button", textContent: "Đóng"});
		close.onclick = () => toast.remove();
		toast.append(close);
	});

	all("[data-print]").forEach(b => {
		b.hidden = false;
		b.addEventListener("click", () => print());
	});
})();
