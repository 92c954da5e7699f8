// A working copy without who wrote the letter: what may tell is shown while it is typed and before it is sent; places
// of a picture are blacked out here, and the picture is drawn anew, so that nothing under the black and nothing hidden
// in the file leaves the device.
"use strict";
(() => {
	const all = (selector, from = document) => [...from.querySelectorAll(selector)];
	const el = (name, props, ...children) => {
		const e = Object.assign(document.createElement(name), props);
		e.append(...children);
		return e;
	};
	const fold = s => s.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d").replace(/Đ/g, "D").toLowerCase().replace(/\s+/g, " ").trim();

	for (const form of all("form[data-redact]")) {
		const traces = JSON.parse(form.dataset.redact).map(t => ({...t, re: new RegExp(t.pattern, "gu")}));
		const fields = all("textarea[name]", form), list = form.querySelector("[data-found]");
		const own = form.querySelector("[data-own]"), words = own.querySelector("[data-words]"), say = own.querySelector("[data-say]");
		own.hidden = false;
		const found = () => {
			const out = new Map();
			for (const f of fields) for (const t of traces) for (const [hit] of f.value.normalize("NFC").matchAll(t.re)) if (!out.has(hit)) out.set(hit, {hit, says: t.says, field: f});
			return [...out.values()];
		};
		const strike = ({hit, field}) => {
			field.value = field.value.normalize("NFC").replaceAll(hit, "[…]");
			show();
			field.focus();
		};
		const show = () => {
			const hits = found();
			list.replaceChildren();
			if (!hits.length) return;
			list.append(el("p", {textContent: "Có thể lộ người tố cáo:"}), el("ul", {className: "plain"}, ...hits.map(h => {
				const button = el("button", {type: "button", className: "btn quiet", textContent: "Gạch"}, el("span", {className: "vh", textContent: " “" + h.hit + "”"}));
				button.addEventListener("click", () => strike(h));
				return el("li", {className: "row"}, el("span", {textContent: "“" + h.hit + "” (" + h.says + ")"}), button);
			})));
		};
		let timer;
		for (const f of fields) f.addEventListener("input", () => {
			clearTimeout(timer);
			timer = setTimeout(show, 300);
		});
		show();
		const left = () => {
			const text = fold(fields.map(f => f.value).join("\n"));
			return words.value.split("\n").map(w => w.trim()).filter(w => w.length > 1 && text.includes(fold(w)));
		};
		form.addEventListener("submit", e => {
			const stays = left();
			if (!stays.length) {
				words.value = "";
				return;
			}
			e.preventDefault();
			e.stopPropagation();
			say.className = "err";
			say.setAttribute("role", "alert");
			say.textContent = "Chưa gửi: phần chữ còn “" + stays.join("”, “") + "”.";
			words.focus();
		});
	}

	for (const form of all("form[data-blackout]")) {
		const input = form.querySelector("[name=anh]"), tool = form.querySelector("[data-tool]"), canvas = tool.querySelector("[data-canvas]"), say = tool.querySelector("[data-say]");
		const paint = canvas.getContext("2d"), longest = 2400;
		let image, boxes = [], next;
		const draw = () => {
			paint.drawImage(image, 0, 0, canvas.width, canvas.height);
			paint.fillStyle = "#000";
			for (const b of boxes) paint.fillRect(b.x, b.y, b.w, b.h);
			if (next) {
				paint.fillStyle = "rgba(0,0,0,.6)";
				paint.fillRect(next.x, next.y, next.w, next.h);
			}
			say.textContent = boxes.length + " ô đã che";
		};
		const start = () => ({x: canvas.width * .4, y: canvas.height * .45, w: canvas.width * .2, h: canvas.height * .05});
		let made; // the file that the script put into the input itself
		input.addEventListener("change", async () => {
			const file = input.files[0];
			if (!file || file === made) return;
			if (!/^image\/(jpeg|png)$/.test(file.type)) {
				tool.hidden = true;
				return; // the server says what it is
			}
			try {
				image = await createImageBitmap(file, {imageOrientation: "from-image"});
			} catch {
				tool.hidden = true;
				return;
			}
			const scale = Math.min(1, longest / Math.max(image.width, image.height));
			canvas.width = Math.round(image.width * scale);
			canvas.height = Math.round(image.height * scale);
			boxes = [];
			next = undefined;
			made = undefined;
			tool.hidden = false;
			draw();
		});
		const at = e => {
			const r = canvas.getBoundingClientRect();
			return {x: (e.clientX - r.left) * canvas.width / r.width, y: (e.clientY - r.top) * canvas.height / r.height};
		};
		let from;
		canvas.addEventListener("pointerdown", e => {
			from = at(e);
			canvas.setPointerCapture(e.pointerId);
		});
		canvas.addEventListener("pointermove", e => {
			if (!from) return;
			const to = at(e);
			next = {x: Math.min(from.x, to.x), y: Math.min(from.y, to.y), w: Math.abs(to.x - from.x), h: Math.abs(to.y - from.y)};
			draw();
		});
		canvas.addEventListener("pointerup", () => {
			if (next && next.w > 3 && next.h > 3) boxes.push(next);
			from = next = undefined;
			draw();
		});
		const undo = () => {
			boxes.pop();
			draw();
		};
		tool.querySelector("[data-undo]").addEventListener("click", undo);
		canvas.addEventListener("keydown", e => {
			const step = canvas.width / 40, move = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[e.key];
			if (!move && e.key !== "Enter" && e.key !== "Backspace") return;
			e.preventDefault();
			if (e.key === "Backspace") return undo();
			next ??= start();
			if (e.key === "Enter") {
				boxes.push(next);
				next = undefined;
			} else if (e.shiftKey) {
				next.w = Math.max(step, next.w + move[0] * step);
				next.h = Math.max(step, next.h + move[1] * step);
			} else {
				next.x += move[0] * step;
				next.y += move[1] * step;
			}
			draw();
		});
		// What is sent is what was drawn: the picture as it came never leaves.
		form.addEventListener("submit", e => {
			if (!image || tool.hidden || made && input.files[0] === made) return;
			e.preventDefault();
			e.stopPropagation();
			next = undefined;
			draw();
			canvas.toBlob(blob => {
				made = new File([blob], "ban-luoc-bo.jpg", {type: "image/jpeg"});
				const list = new DataTransfer();
				list.items.add(made);
				input.files = list.files;
				made = input.files[0];
				form.requestSubmit(e.submitter);
			}, "image/jpeg", .9);
		}, true);
	}
})();
