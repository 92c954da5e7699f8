// A file is hashed on the device, so that it need not be sent; without this script, or on http, it is sent and only hashed.
"use strict";
(() => {
	const form = document.querySelector("form[data-hash]"), says = document.querySelector("[data-hash-say]");
	if (!form || !self.crypto?.subtle) return;
	form.addEventListener("submit", async event => {
		const file = form.elements.tep.files[0];
		if (!file || form.elements.ma.value.trim()) return;
		event.preventDefault();
		says.textContent = form.dataset.doing;
		const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
		location.assign(form.action + "/" + Array.from(sum, b => b.toString(16).padStart(2, "0")).join(""));
	});
})();
