// Files of a form go up at once and in parts, each with a bar; after a cut line, a reload or a server that was down
// they go on from where they stopped. Photos are made smaller here first. The form then carries only what they are
// called by. Without this file they are sent with the form.
"use strict";
for (const form of self.danvanQueue ? document.querySelectorAll("form") : []) (() => {
	const queue = self.danvanQueue;
	if (!form.querySelector("input[type=file][data-upload]")) return;
	const all = (selector, from = document) => [...from.querySelectorAll(selector)];
	const el = (name, props, ...children) => {
		const e = Object.assign(document.createElement(name), props);
		e.append(...children);
		return e;
	};
	// Letters, and forms of acts on a piece, stay in memory: they go on from where they stopped while the page is open.
	const onDevice = queue.able && form.matches("[data-record]") && form.dataset.device !== "no";
	const key = () => form.querySelector("[name=khoa]").value;
	const sizeText = n => n >= 1 << 20 ? (n / (1 << 20)).toFixed(1).replace(".", ",") + " MB" : Math.max(1, Math.round(n / 1024)) + " kB";

	// A photo needs no more than a sheet of paper shows. The original goes where somebody asks for it, or where it is
	// the smaller one.
	const longest = 2000, small = 700 << 10;
	const shrunk = async file => {
		if (!/^image\/(jpeg|png)$/.test(file.type) || file.size < small || form.querySelector("[data-original]")?.checked) return file;
		try {
			const image = await createImageBitmap(file, {imageOrientation: "from-image"});
			const scale = Math.min(1, longest / Math.max(image.width, image.height));
			const canvas = el("canvas", {width: Math.round(image.width * scale), height: Math.round(image.height * scale)});
			canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
			image.close();
			const blob = await new Promise(done => canvas.toBlob(done, "image/jpeg", 0.85));
			if (!blob || blob.size >= file.size) return file;
			return new File([blob], file.name.replace(/\.[^.]*$/, "") + ".jpg", {type: "image/jpeg"});
		} catch {
			return file; // the server will say what it is
		}
	};

	// One line a file: on its way, waiting for the line, refused, or there.
	const row = (list, name, size, id, away) => {
		const bar = el("progress", {max: 1, value: 0});
		bar.setAttribute("aria-label", "Đang tải " + name);
		const state = el("span", {className: "muted small"});
		const button = el("button", {type: "button", className: "btn quiet", textContent: "Bỏ"}, el("span", {className: "vh", textContent: " tệp " + name}));
		const line = el("li", {className: "file"}, el("span"), el("span", {textContent: name + " "}, el("span", {className: "muted small", textContent: sizeText(size)})), button, bar, state);
		button.addEventListener("click", () => {
			line.remove();
			away();
		});
		line.dataset.pending = "";
		if (id) line.append(el("input", {type: "hidden", name: "tep-may", value: id}));
		list.append(line);
		const settled = () => {
			bar.remove();
			state.remove();
			line.querySelector("[name=tep-may]")?.remove();
			delete line.dataset.pending;
		};
		return {
			line,
			gone: () => !line.isConnected,
			at: p => {
				bar.value = p;
				state.textContent = Math.floor(100 * p) + " %";
				if (!bar.isConnected) line.append(bar);
			},
			waits: text => {
				bar.remove();
				line.append(state);
				state.textContent = text;
			},
			refused: say => {
				settled();
				const p = el("p", {className: "err", textContent: say});
				p.setAttribute("role", "alert");
				line.append(p);
			},
			done: (control, a) => {
				settled();
				line.children[1].replaceChildren(a.name + " ", el("span", {className: "muted small", textContent: a.size}));
				line.append(el("input", {type: "hidden", name: control, value: a.hash}));
			},
		};
	};

	const pause = () => new Promise(done => {
		const end = () => {
			clearTimeout(timer);
			removeEventListener("online", end);
			done();
		};
		const timer = setTimeout(end, 5000);
		addEventListener("online", end);
	});
	// go sends one file, again and again until it is there, is refused, or is taken out.
	const go = async (control, shown, id, once) => {
		for (;;) {
			try {
				const a = await once(p => shown.at(p));
				if (shown.gone()) return;
				if (a) shown.done(control, a);
				else shown.line.remove(); // another window has sent it
				return;
			} catch (e) {
				if (shown.gone()) return;
				if (e.kind === "refused") {
					shown.refused(e.say);
					if (id) queue.dropFile(id);
					return;
				}
				shown.waits((e.say || "Chưa tải được") + (id ? "; tệp được giữ trên máy này và tải tiếp khi có mạng." : "; tự tải tiếp khi có mạng, hãy để yên trang này."));
				await pause();
				if (shown.gone()) return;
			}
		}
	};
	const add = async (input, file) => {
		const list = form.querySelector(`[data-files="${input.dataset.upload}"]`);
		const control = input.dataset.upload;
		file = await shrunk(file);
		let id = null;
		try {
			if (onDevice) id = await queue.keepFile(key(), control, file);
		} catch { /* no room on the device: from memory then */ }
		const shown = row(list, file.name, file.size, id, () => id && queue.dropFile(id));
		let part = "";
		await go(control, shown, id, async progress => {
			if (!id) return queue.upload(file, file.name, part, p => part = p, progress);
			const a = await queue.uploadFile(id, progress);
			if (a) await queue.dropFile(id);
			return a;
		});
	};
	let turn = Promise.resolve(); // one file after the other: a thin line carries one
	const take = (input, files) => {
		for (const file of files) turn = turn.then(() => Promise.race([add(input, file), waiting(input)]));
	};
	// A file that waits for the line does not hold up the others: they are kept too.
	const waiting = () => new Promise(done => {
		const look = setInterval(() => {
			if (!form.querySelector(".file progress")) {
				clearInterval(look);
				done();
			}
		}, 500);
	});

	for (const input of all("input[type=file][data-upload]", form)) {
		input.addEventListener("change", () => {
			const files = [...input.files];
			input.value = "";
			take(input, files);
		});
		const tools = el("div", {className: "row file-tools"});
		if (matchMedia("(pointer: coarse)").matches) {
			const camera = el("input", {type: "file", accept: "image/jpeg,image/png", hidden: true});
			camera.setAttribute("capture", "environment");
			const button = el("button", {type: "button", className: "btn", textContent: "Chụp ảnh"});
			button.addEventListener("click", () => camera.click());
			camera.addEventListener("change", () => {
				take(input, [...camera.files]);
				camera.value = "";
			});
			tools.append(button, camera);
		}
		const original = el("label", {className: "opt"}, el("input", {type: "checkbox"}), el("span", {textContent: "Gửi ảnh gốc, không thu nhỏ"}));
		original.firstChild.setAttribute("data-original", "");
		if (!form.querySelector("[data-original]")) tools.append(original);
		if (tools.childNodes.length) input.after(tools);
	}

	// What did not get through before the page was left goes on.
	const resume = async () => {
		for (const f of await queue.filesOf(key())) {
			const list = form.querySelector(`[data-files="${CSS.escape(f.control)}"]`);
			if (!list) continue;
			const shown = row(list, f.name, f.size, f.id, () => queue.dropFile(f.id));
			go(f.control, shown, f.id, async progress => {
				const a = await queue.uploadFile(f.id, progress);
				if (a) await queue.dropFile(f.id);
				return a;
			});
		}
	};
	if (onDevice) form.addEventListener("resume", () => resume().catch(() => {}));

	form.addEventListener("submit", e => {
		const pending = form.querySelector("[data-pending]");
		if (!pending || onDevice && all("[data-pending]", form).every(l => l.querySelector("[name=tep-may]"))) return; // field.js takes it along
		e.preventDefault();
		e.stopPropagation();
		pending.scrollIntoView({block: "center"});
	}, true);
})();
