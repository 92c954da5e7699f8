// Pictures of a telephone's camera are made smaller on the device before they go over a slow line: 2,000 pixels on the
// longer side are enough to read a paper. What cannot be made smaller is sent as it is.
"use strict";
(() => {
	const most = 2000, worth = 800 << 10;
	const smaller = async file => {
		if (!/^image\/(jpeg|png)$/.test(file.type) || file.size < worth) return file;
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
	for (const input of document.querySelectorAll("input[type=file]")) {
		let done = false;
		input.addEventListener("change", () => done = false);
		input.form.addEventListener("submit", async event => {
			if (done || !input.files.length) return;
			event.preventDefault();
			const button = event.submitter, says = input.form.querySelector("[data-shrink]")?.dataset.shrink;
			if (says && button) button.setAttribute("aria-label", says);
			const list = new DataTransfer();
			for (const file of input.files) list.items.add(await smaller(file));
			input.files = list.files;
			done = true;
			button?.removeAttribute("aria-label");
			input.form.requestSubmit(button);
		});
	}
})();
