// Copies an address where the browser allows it; without this script it can be marked and copied by hand.
"use strict";
(() => {
	for (const button of document.querySelectorAll("[data-copy]")) {
		const field = document.getElementById(button.dataset.copy);
		if (!navigator.clipboard || !field) continue;
		button.hidden = false;
		button.addEventListener("click", async () => {
			try {
				await navigator.clipboard.writeText(field.value);
				document.querySelector("[data-copied]").textContent = button.dataset.done;
			} catch {
				field.select();
			}
		});
	}
})();
