// Recording with scripts: kinds found while typing, figures that follow what is typed, rows added in place, a calendar
// beside each day. Files are in attach.js. Without this file the same buttons send the form.
"use strict";
(() => {
	const all = (selector, from = document) => [...from.querySelectorAll(selector)];
	const fold = text => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d");
	const el = (name, props, ...children) => {
		const e = Object.assign(document.createElement(name), props);
		e.append(...children);
		return e;
	};

	// Kinds are found while typing.
	for (const form of all("form[data-filter]")) {
		const list = document.querySelector(form.dataset.filter);
		const input = form.querySelector("input[type=search]");
		const none = document.getElementById("khong-thay");
		if (!list || !input) continue;
		input.addEventListener("input", () => {
			const words = fold(input.value).split(/\s+/).filter(Boolean);
			let shown = 0;
			for (const group of all("[data-group]", list)) {
				let here = 0;
				for (const li of all("li", group)) {
					li.hidden = !words.every(w => li.dataset.text.includes(w));
					here += !li.hidden;
				}
				group.hidden = !here;
				shown += here;
			}
			if (none) none.hidden = shown > 0;
		});
	}

	const form = document.querySelector("form[data-record]");
	if (!form) return;

	// The figures follow what is typed. Files are not sent along, and an answer that comes late is not shown.
	const figures = () => document.getElementById("so-lieu-doi");
	let wait = 0, asked = null;
	const preview = async () => {
		asked?.abort();
		asked = new AbortController();
		const data = new FormData(form);
		for (const name of [...data.keys()]) if (name.endsWith("-chon")) data.delete(name);
		try {
			const r = await fetch(form.dataset.preview, {method: "POST", body: new URLSearchParams(data), signal: asked.signal, headers: {Accept: "text/html"}});
			if (!r.ok) return;
			const now = new DOMParser().parseFromString(await r.text(), "text/html").getElementById("so-lieu-doi");
			const open = figures()?.querySelector("details")?.open;
			if (now) figures()?.replaceWith(now);
			if (open && now?.querySelector("details")) now.querySelector("details").open = true;
		} catch (e) {
			if (e.name !== "AbortError" && !(e instanceof TypeError)) throw e; // no line: the figures wait
		}
	};
	const later = () => {
		clearTimeout(wait);
		wait = setTimeout(preview, 350);
	};
	form.addEventListener("input", later);
	form.addEventListener("change", later);
	if (figures()?.querySelector("[data-fresh]")) preview();

	// Rows are added and taken out in place; names are counted anew so that they stay 1, 2, 3.
	const renumber = box => {
		const name = box.dataset.rows;
		const rows = all(":scope > [data-row]", box);
		rows.forEach((row, i) => {
			const n = String(i + 1);
			const was = row.id.slice(name.length + 1, -2);
			const old = name + "-" + was, now = name + "-" + n;
			if (was !== n) for (const e of [row, ...all("*", row)]) {
				for (const attr of ["id", "name", "for", "aria-describedby", "list", "value"]) {
					const v = e.getAttribute(attr);
					if (v === null || attr === "value" && e.name !== "buoc") continue;
					e.setAttribute(attr, v.split(" ").map(x => x.startsWith("bot:") ? "bot:" + swap(x.slice(4), old, now) : swap(x, old, now)).join(" "));
				}
			}
			all("[data-n]", row).forEach(e => e.textContent = n);
			row.setAttribute("aria-label", row.getAttribute("aria-label").replace(/\d+$/, n));
		});
		box.querySelector("[data-count]").value = String(Math.max(rows.length, 1));
	};
	const swap = (text, old, now) => text === old || text.startsWith(old + "-") ? now + text.slice(old.length) : text;
	form.addEventListener("click", e => {
		const button = e.target.closest("button[data-add], button[data-drop]");
		if (!button) return;
		const box = button.closest("[data-rows]");
		e.preventDefault();
		if (button.matches("[data-add]")) {
			const row = box.querySelector(":scope > template").content.firstElementChild.cloneNode(true);
			button.before(row);
			renumber(box);
			days(row);
			row.querySelector("input, select, textarea")?.focus();
		} else {
			const row = button.closest("[data-row]");
			if (all(":scope > [data-row]", box).length === 1) all("input, textarea, select", row).forEach(i => i.type === "radio" || i.type === "checkbox" ? i.checked = false : i.value = "");
			else row.remove();
			renumber(box);
			box.querySelector("button[data-add]").focus();
		}
		later();
	});

	// A calendar beside each day; what is written stays as people write it.
	const days = from => all("input.day", from).forEach(input => {
		const pick = el("input", {type: "date", tabIndex: -1});
		pick.setAttribute("aria-hidden", "true");
		const button = el("button", {type: "button", className: "btn", textContent: "Lịch"});
		button.setAttribute("aria-label", "Chọn ngày trong lịch: " + (input.labels[0]?.firstChild.textContent.trim() ?? ""));
		const around = el("span", {className: "day-pick"});
		input.before(around);
		around.append(input, pick, button);
		button.addEventListener("click", () => {
			const m = input.value.trim().match(/^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/);
			if (m) pick.value = `${m[3]}-${m[2].padStart(2, "0")}-${m[1].padStart(2, "0")}`;
			try {
				pick.showPicker();
			} catch {
				pick.focus();
			}
		});
		pick.addEventListener("change", () => {
			const [y, m, d] = pick.value.split("-");
			if (!d) return;
			input.value = `${d}/${Number(m) > 2 ? Number(m) : m}/${y}`;
			input.dispatchEvent(new Event("input", {bubbles: true}));
			input.focus();
		});
	});
	days(form);
})();
