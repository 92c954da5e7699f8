// A form with files goes over the line while the page stands: pictures of a telephone's camera are made smaller on the device
// first (2,000 pixels on the longer side are enough to read a paper), how much has gone is told, and where the line is cut
// everything that was typed and chosen is still there to be sent again. A form that says data-in-place always goes so: its
// answer takes the place of the page, and the browser's history has nothing of what was sent.
// Without this script forms are sent by the browser itself.
"use strict";
(() => {
	const most = 2000, worth = 800 << 10;
	const heavy = file => /^image\/(jpeg|png)$/.test(file.type) && file.size >= worth;
	const smaller = async file => {
		if (!heavy(file)) return file;
		try {
			const picture = await createImageBitmap(file), scale = Math.min(1, most / Math.max(picture.width, picture.height));
			const canvas = document.createElement("canvas");
			canvas.width = Math.round(picture.width * scale);
			canvas.height = Math.round(picture.height * scale);
			const draw = canvas.getContext("2d");
			draw.fillStyle = "#fff";
			draw.fillRect(0, 0, canvas.width, canvas.height);
			draw.drawImage(picture, 0, 0, canvas.width, canvas.height);
			const made = await new Promise(done => canvas.toBlob(done, "image/jpeg", 0.82));
			return made && made.size < file.size ? new File([made], file.name.replace(/\.\w+$/, "") + ".jpg", {type: "image/jpeg"}) : file;
		} catch {
			return file;
		}
	};
	// show puts the answer into the place of the page; what it begins with gets the focus, as after loading.
	const show = html => {
		document.open();
		document.addEventListener("DOMContentLoaded", () => {
			const first = document.querySelector(".err-sum, [role=status].done-note, main h1");
			if (!first) return;
			if (!first.hasAttribute("tabindex")) first.tabIndex = -1;
			first.focus({preventScroll: !first.matches(".err-sum")});
		});
		document.write(html);
		document.close();
		scrollTo(0, 0);
	};
	for (const form of document.querySelectorAll("form[data-cut]")) {
		const line = document.createElement("p"), bar = document.createElement("progress");
		line.className = "deliver";
		line.setAttribute("role", "status");
		bar.className = "deliver-bar";
		bar.max = 100;
		bar.hidden = true;
		bar.setAttribute("aria-label", form.dataset.sending);
		(form.querySelector(".acts:last-of-type") ?? form.lastElementChild).before(line, bar);
		let busy = false;
		const say = (text, wrong) => {
			line.textContent = text;
			line.classList.toggle("bad", !!wrong);
		};
		const fail = button => {
			busy = false;
			bar.hidden = true;
			say(form.dataset.cut, true);
			button?.focus();
		};
		const deliver = async button => {
			const body = new FormData(form), input = form.querySelector("input[type=file]");
			if (button?.name) body.append(button.name, button.value);
			if (input) {
				const files = [...input.files];
				if (files.some(heavy)) say(form.dataset.smaller);
				body.delete(input.name);
				for (const file of files) {
					const sent = await smaller(file);
					body.append(input.name, sent, sent.name);
				}
				if (files.length) bar.hidden = false;
			}
			const call = new XMLHttpRequest();
			let told = -1;
			call.upload.onprogress = event => {
				if (bar.hidden || !event.lengthComputable) return;
				const now = Math.round(100 * event.loaded / event.total);
				bar.value = now;
				if (now - told >= 20 || now === 100) say(form.dataset.sending + " " + (told = now) + " %");
			};
			call.onload = () => (call.getResponseHeader("Content-Type") || "").startsWith("text/html") ? show(call.responseText) : fail(button);
			call.onerror = call.ontimeout = () => fail(button);
			call.open("POST", button?.getAttribute("formaction") || form.action);
			call.send(form.enctype === "multipart/form-data" ? body : new URLSearchParams(body));
		};
		form.addEventListener("submit", event => {
			const files = form.querySelector("input[type=file]")?.files.length;
			if (!files && !("inPlace" in form.dataset)) return;
			event.preventDefault();
			if (busy) return;
			busy = true;
			deliver(event.submitter);
		});
	}
})();
