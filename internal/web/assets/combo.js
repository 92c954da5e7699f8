// A searchable field, after the ARIA combobox pattern: a select with many options (<select data-combo>), or an input
// whose suggestions come from an address (<input data-combo="/don-vi/goi-y">). Without this file both are what they
// were: a select, and an input into which a code is typed.
"use strict";
(() => {
	let made = 0;
	const fold = text => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d");
	const el = (name, props, ...children) => {
		const e = Object.assign(document.createElement(name), props);
		e.append(...children);
		return e;
	};

	// combo joins an input to a list of lines {value, name, note, href}. find gives the lines for a text; take is
	// told which line was chosen.
	const combo = (input, find, take) => {
		const id = "combo-" + ++made;
		const list = el("ul", {id, className: "combo-list", hidden: true});
		const count = el("span", {className: "vh"});
		list.setAttribute("role", "listbox");
		list.setAttribute("aria-label", input.labels?.[0]?.textContent.trim() || "Gợi ý");
		count.setAttribute("role", "status");
		const around = el("span", {className: "combo"});
		input.before(around);
		around.append(input, list, count);
		for (const [k, v] of Object.entries({role: "combobox", "aria-autocomplete": "list", "aria-controls": id, "aria-expanded": "false"})) input.setAttribute(k, v);
		input.autocomplete = "off";

		let lines = [], at = -1, asked = 0, wait = 0;
		const close = () => {
			list.hidden = true;
			at = -1;
			input.setAttribute("aria-expanded", "false");
			input.removeAttribute("aria-activedescendant");
		};
		const mark = n => {
			at = n;
			[...list.children].forEach((li, i) => li.setAttribute("aria-selected", String(i === n)));
			const li = list.children[n];
			if (li) {
				input.setAttribute("aria-activedescendant", li.id);
				li.scrollIntoView({block: "nearest"});
			} else input.removeAttribute("aria-activedescendant");
		};
		const show = (found, text) => {
			lines = found;
			list.replaceChildren(...found.map((line, i) => {
				const li = el("li", {id: id + "-" + i}, el("b", {textContent: line.name}));
				li.setAttribute("role", "option");
				li.setAttribute("aria-selected", "false");
				if (line.note) li.append(el("small", {textContent: line.note}));
				li.addEventListener("mousedown", e => e.preventDefault());
				li.addEventListener("click", () => choose(i));
				return li;
			}));
			at = -1;
			input.removeAttribute("aria-activedescendant");
			list.hidden = !found.length;
			input.setAttribute("aria-expanded", String(!list.hidden));
			count.textContent = text === "" ? "" : found.length ? `${found.length} gợi ý` : "Không có gợi ý nào";
		};
		const choose = i => {
			const line = lines[i];
			close();
			if (line.href) {
				location.assign(line.href);
				return;
			}
			take(line);
		};
		const ask = () => {
			const turn = ++asked, text = input.value.trim();
			Promise.resolve(find(text)).then(found => {
				if (turn === asked && document.activeElement === input) show(found, text);
			}, () => {
				if (turn === asked) close();
			});
		};
		input.addEventListener("input", () => {
			clearTimeout(wait);
			wait = setTimeout(ask, 80);
		});
		input.addEventListener("blur", () => {
			++asked;
			close();
		});
		input.addEventListener("click", () => {
			if (list.hidden) ask();
		});
		input.addEventListener("keydown", e => {
			if (e.isComposing) return;
			const step = {ArrowDown: 1, ArrowUp: -1}[e.key];
			if (step) {
				e.preventDefault();
				if (list.hidden) ask();
				else mark((at + step + lines.length + (at < 0 && step < 0 ? 1 : 0)) % lines.length);
			} else if (e.key === "Enter" && !list.hidden && at >= 0) {
				e.preventDefault();
				choose(at);
			} else if (e.key === "Escape" && !list.hidden) {
				e.preventDefault();
				e.stopPropagation();
				close();
			}
		});
	};

	const changed = e => {
		e.dispatchEvent(new Event("input", {bubbles: true}));
		e.dispatchEvent(new Event("change", {bubbles: true}));
	};

	const select = from => {
		const lines = [...from.options].map(o => ({value: o.value, name: o.text, fold: fold(o.text)}));
		const input = el("input", {type: "text", className: from.className, id: from.id, value: from.selectedOptions[0]?.value ? from.selectedOptions[0].text : ""});
		input.placeholder = from.dataset.placeholder ?? "Gõ để tìm";
		for (const name of ["aria-describedby", "aria-invalid", "aria-required"]) if (from.hasAttribute(name)) input.setAttribute(name, from.getAttribute(name));
		if (from.required) input.setAttribute("aria-required", "true");
		from.id += "-chon";
		from.required = false;
		from.hidden = true;
		from.before(input);
		combo(input, text => {
			if (input.value === from.selectedOptions[0]?.text) text = "";
			const words = fold(text).split(/\s+/).filter(Boolean);
			return lines.filter(l => l.value !== "" && words.every(w => l.fold.includes(w))).slice(0, 200);
		}, line => {
			input.value = line.name;
			from.value = line.value;
			changed(from);
		});
		input.addEventListener("change", () => {
			const typed = fold(input.value.trim());
			const line = typed === "" ? lines.find(l => l.value === "") : lines.find(l => l.fold === typed);
			if (line && from.value !== line.value) {
				from.value = line.value;
				changed(from);
			}
			if (line) return;
			input.value = from.selectedOptions[0]?.value ? from.selectedOptions[0].text : "";
		});
	};

	const asking = input => {
		const address = input.dataset.combo;
		const find = async text => {
			if (text.length < 1) return [];
			const answer = await fetch(address + (address.includes("?") ? "&" : "?") + "q=" + encodeURIComponent(text));
			return answer.ok ? answer.json() : [];
		};
		if ("comboFree" in input.dataset) { // what is typed is sent as it is; suggestions lead on
			combo(input, find, line => {
				input.value = line.name;
				input.form?.requestSubmit();
			});
			return;
		}
		if (input.dataset.comboAs) { // the choice goes to another page than the text
			combo(input, find, line => {
				const form = input.form;
				const to = new URL(form.dataset.comboTo ?? form.action, location.href);
				for (const f of new FormData(form)) if (![input.name, "ve", "ngay"].includes(f[0])) to.searchParams.set(f[0], f[1]);
				to.searchParams.set(input.dataset.comboAs, line.value);
				location.assign(to);
			});
			return;
		}
		const hidden = el("input", {type: "hidden", name: input.name, value: input.value});
		input.removeAttribute("name");
		input.after(hidden);
		if (input.dataset.label) input.value = input.dataset.label;
		input.addEventListener("input", () => { hidden.value = input.value.trim(); });
		combo(input, find, line => {
			input.value = line.name;
			hidden.value = line.value;
			hidden.dispatchEvent(new Event("change", {bubbles: true}));
			if ("comboSubmit" in input.dataset) input.form.requestSubmit();
		});
	};

	const dress = from => {
		from.querySelectorAll("select[data-combo]").forEach(select);
		from.querySelectorAll("input[data-combo]:not([role=combobox])").forEach(asking);
	};
	dress(document);
	// Rows that another script adds later ask for it with this event.
	document.addEventListener("danvan:added", e => dress(e.target));
})();
