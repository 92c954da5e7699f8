// What pages of figures and reports gain where scripts run: a button that prints, and a table of contents that marks
// the part being read. Without scripts both pages are complete.
"use strict";
(() => {
	for (const line of document.querySelectorAll("[data-print-line]")) {
		const button = Object.assign(document.createElement("button"), {type: "button", className: "btn", textContent: "In trang này"});
		button.addEventListener("click", () => {
			line.closest("details")?.removeAttribute("open");
			print();
		});
		line.append(button);
	}

	const links = new Map();
	for (const a of document.querySelectorAll(".report .toc a[href^='#']")) links.set(a.hash.slice(1), a);
	if (!links.size || !("IntersectionObserver" in window)) return;
	const parts = [...links.keys()].map(id => document.getElementById(id)).filter(Boolean);
	const mark = () => {
		let now = parts[0];
		for (const p of parts) if (p.getBoundingClientRect().top < innerHeight / 3) now = p;
		for (const [id, a] of links) {
			if (now && id === now.id) {
				if (a.getAttribute("aria-current")) continue;
				a.setAttribute("aria-current", "true");
				const list = a.closest(".toc");
				if (list.scrollHeight > list.clientHeight) list.scrollTop = a.offsetTop - list.clientHeight / 2;
			} else a.removeAttribute("aria-current");
		}
	};
	let waiting = false;
	addEventListener("scroll", () => {
		if (waiting) return;
		waiting = true;
		requestAnimationFrame(() => {
			waiting = false;
			mark();
		});
	}, {passive: true});
	mark();
})();
