// Writing a report with scripts: places save themselves, figures are put in at the cursor, a clash is shown beside the
// text. Without this file the same buttons send the form.
"use strict";
(() => {
	// A page that waits for something loads itself anew.
	if (document.querySelector("[data-again]")) setTimeout(() => location.reload(), 1500);

	const form = document.querySelector("form[data-writing]");
	if (!form) return;
	const all = (selector, from = document) => [...from.querySelectorAll(selector)];
	const state = form.querySelector("[data-save-state]");
	const say = text => {
		if (state) state.textContent = text;
	};
	const of = (name, key) => form.querySelector(`[data-${name}="${CSS.escape(key)}"]`);
	const version = key => form.elements["b:" + key];
	const dirty = new Set(), waiting = new Map();
	let last = null; // the place that was written in last

	const progress = () => {
		const areas = all("textarea[data-place]", form);
		const filled = areas.filter(a => a.value.trim()).length;
		const line = document.getElementById("tien-do"), bar = document.getElementById("tien-do-vach");
		if (line) line.textContent = `Đã viết ${filled}/${areas.length} mục`;
		if (bar) bar.value = filled;
		for (const a of areas) {
			const mark = of("mark", a.dataset.place);
			if (mark) mark.textContent = a.value.trim() ? "đã viết" : "còn trống";
			mark?.closest("li")?.classList.toggle("done", !!a.value.trim());
		}
	};

	const shown = (area, answer) => {
		const key = answer.key;
		version(key).value = answer.version;
		const saved = of("saved", key), prose = of("prose", key), clash = of("clash", key);
		if (saved) saved.textContent = answer.saved;
		if (prose) prose.innerHTML = answer.html; // made by our own server, escaped there
		const err = document.getElementById("o:" + key + "-e");
		err.hidden = !answer.wrong?.length;
		err.lastElementChild.textContent = (answer.wrong ?? []).join(" ");
		area.toggleAttribute("aria-invalid", !!answer.wrong?.length);
		area.closest(".place").classList.toggle("bad", !!answer.wrong?.length);
		clash.replaceChildren();
		if (answer.clash) clash.append(clashBox(area, answer));
	};

	const clashBox = (area, answer) => {
		const box = document.createElement("div");
		box.className = "note clash";
		const who = document.createElement("b");
		who.textContent = answer.clash.who + " vừa lưu bản này:";
		const text = document.createElement("p");
		text.className = "typed-text";
		text.textContent = answer.clash.text || "(đã xóa hết chữ)";
		const row = document.createElement("div");
		row.className = "row";
		const button = (name, act) => {
			const b = Object.assign(document.createElement("button"), {type: "button", className: "btn small", textContent: name});
			b.addEventListener("click", () => {
				act();
				box.remove();
				changed(area);
				area.focus();
			});
			row.append(b);
		};
		button("Ghép bản đó xuống dưới", () => area.value = area.value.trimEnd() + "\n" + answer.clash.text);
		button("Lấy bản đó", () => area.value = answer.clash.text);
		button("Giữ bản của tôi", () => {});
		const inner = document.createElement("div");
		inner.append(who, text, row);
		box.append(inner);
		return box;
	};

	const save = async area => {
		const key = area.dataset.place;
		clearTimeout(waiting.get(key));
		if (!dirty.has(key) || area.dataset.busy || of("clash", key)?.firstElementChild && area.dataset.held) return;
		area.dataset.busy = "1";
		const text = area.value;
		say("Đang lưu…");
		try {
			const r = await fetch(form.dataset.writing, {
				method: "POST",
				body: new URLSearchParams({["o:" + key]: text, ["b:" + key]: version(key).value}),
				headers: {Accept: "application/json"},
			});
			if (!r.ok || !r.headers.get("Content-Type")?.includes("json")) throw new TypeError("not saved");
			for (const answer of await r.json()) if (answer.key === key) {
				if (!answer.clash && area.value === text) dirty.delete(key);
				if (answer.clash) area.dataset.held = "1";
				else delete area.dataset.held;
				shown(area, answer);
			}
			say(dirty.size ? "Còn mục chưa lưu" : "Đã lưu lúc " + new Date().toLocaleTimeString("vi-VN", {hour: "2-digit", minute: "2-digit"}));
		} catch (e) {
			if (!(e instanceof TypeError)) throw e;
			say("Chưa lưu được: mất mạng hoặc phiên đã hết. Chữ vẫn ở đây; bấm Lưu khi có mạng.");
			waiting.set(key, setTimeout(() => save(area), 8000));
		} finally {
			delete area.dataset.busy;
			if (dirty.has(key) && area.value !== text) changed(area);
		}
	};
	const changed = area => {
		const key = area.dataset.place;
		dirty.add(key);
		delete area.dataset.held;
		clearTimeout(waiting.get(key));
		waiting.set(key, setTimeout(() => save(area), 1200));
		progress();
	};
	for (const area of all("textarea[data-place]", form)) {
		area.addEventListener("input", () => changed(area));
		area.addEventListener("focus", () => last = area);
		area.addEventListener("blur", () => save(area));
	}
	form.addEventListener("submit", () => dirty.clear());
	addEventListener("beforeunload", e => {
		if (dirty.size) e.preventDefault();
	});
	document.addEventListener("visibilitychange", () => {
		if (document.visibilityState === "hidden") all("textarea[data-place]", form).forEach(save);
	});

	// A figure goes where the cursor was.
	const insert = code => {
		const area = last ?? form.querySelector("textarea[data-place]");
		if (!area) return;
		area.setRangeText(code, area.selectionStart, area.selectionEnd, "end");
		area.focus();
		changed(area);
	};
	const buttons = from => {
		for (const code of all("code[data-slot]", from)) {
			const b = Object.assign(document.createElement("button"), {type: "button", className: "btn small", textContent: "Chèn"});
			b.setAttribute("aria-label", "Chèn " + code.parentElement.firstElementChild.textContent);
			b.addEventListener("click", () => insert(code.dataset.slot));
			code.replaceWith(b);
		}
	};
	buttons(form);
	const search = form.querySelector("input[data-slots]");
	let ask = 0;
	search?.addEventListener("input", () => {
		clearTimeout(ask);
		ask = setTimeout(async () => {
			const found = document.getElementById("tim-thay");
			try {
				const r = await fetch(search.dataset.slots + "?tim=" + encodeURIComponent(search.value));
				if (!r.ok) return;
				found.innerHTML = search.value.trim() ? await r.text() : ""; // escaped on our own server
				buttons(found);
			} catch (e) {
				if (!(e instanceof TypeError)) throw e;
			}
		}, 250);
	});
	search?.addEventListener("keydown", e => {
		if (e.key === "Enter") e.preventDefault();
	});
})();
