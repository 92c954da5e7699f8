// While it is crowded a device may solve a small task instead of waiting: a number whose SHA-256 together with the task
// begins with so many zero bits. About a second on a phone; without this script, or on http, people wait a little.
"use strict";
(async () => {
	const form = document.querySelector("form[data-work]"), says = document.querySelector("[data-work-say]");
	if (!form || !self.crypto?.subtle) return;
	const task = form.dataset.work, bits = Number(form.dataset.bits), text = new TextEncoder();
	const zeros = bytes => {
		let n = 0;
		for (const b of bytes) {
			if (b) return n + Math.clz32(b) - 24;
			n += 8;
		}
		return n;
	};
	says.textContent = form.dataset.doing;
	for (let from = 0; ; from += 512) {
		const some = await Promise.all(Array.from({length: 512}, (_, i) => crypto.subtle.digest("SHA-256", text.encode(task + ":" + (from + i)))));
		const found = some.findIndex(sum => zeros(new Uint8Array(sum)) >= bits);
		if (found < 0) continue;
		form.elements["cong-viec"].value = task;
		form.elements["dap-so"].value = from + found;
		form.requestSubmit(form.querySelector("button[value=gui]"));
		return;
	}
})();
