// The queue of whoever confirms, where scripts run: one box ticks the page, a line counts what is ticked, and the
// letters j, k, x and Enter go through the list. Without scripts a link ticks the page and each row is a link.
"use strict";
(() => {
	const form = document.querySelector("[data-verdicts]");
	if (!form) return;
	const boxes = [...form.querySelectorAll("input[name=chon]")];
	const all = form.querySelector("[data-all]");
	const said = form.querySelector("[data-picked]");
	const count = () => {
		const n = boxes.filter(b => b.checked).length;
		all.checked = n > 0 && n === boxes.length;
		all.indeterminate = n > 0 && n < boxes.length;
		said.textContent = n ? `Đã chọn ${n} việc` : "";
	};
	all.hidden = false;
	form.querySelector("[data-all-link]").remove();
	form.querySelector("[data-keys]").hidden = false;
	all.addEventListener("change", () => {
		boxes.forEach(b => { b.checked = all.checked; });
		count();
	});
	form.addEventListener("change", count);
	count();

	const off = () => {
		try {
			return localStorage.getItem("phim-tat") === "tat";
		} catch {
			return false;
		}
	};
	const links = [...form.querySelectorAll("tbody th[scope=row] a")];
	document.addEventListener("keydown", e => {
		if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || off()) return;
		if (e.target.closest("textarea, select, [contenteditable], dialog, input:not([type=checkbox])")) return;
		const row = document.activeElement?.closest("[data-verdicts] tbody tr");
		const at = links.findIndex(a => row?.contains(a));
		if (e.key === "j" || e.key === "k") {
			e.preventDefault();
			const to = links[Math.min(links.length - 1, Math.max(0, at + (e.key === "j" ? 1 : -1)))];
			to?.focus();
			to?.scrollIntoView({block: "nearest"});
		} else if (e.key === "x" && at >= 0) {
			e.preventDefault();
			boxes[at].checked = !boxes[at].checked;
			count();
		}
	});
})();
