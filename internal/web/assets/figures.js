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

	// A drawer fetches the parts and the first entries of its figure when it is opened.
	const fill = async drawer => {
		const place = drawer?.querySelector("[data-peek]");
		if (!place || place.dataset.done) return;
		place.dataset.done = "1";
		try {
			const answer = await fetch(place.dataset.peek, {headers: {Accept: "text/html"}});
			if (answer.ok) place.innerHTML = await answer.text();
		} catch {
			delete place.dataset.done; // next time
		}
	};
	const opened = () => fill(document.querySelector(".ev:target") ?? document.querySelector(".ev.first"));
	addEventListener("hashchange", opened);
	opened();

	// A document that takes more than a moment says so until it comes.
	for (const a of document.querySelectorAll("a[data-slow]")) a.addEventListener("click", async e => {
		if (e.ctrlKey || e.metaKey || e.shiftKey) return;
		e.preventDefault();
		if (a.getAttribute("aria-busy")) return;
		a.setAttribute("aria-busy", "true");
		const line = document.createElement("div");
		line.className = "toast";
		line.setAttribute("role", "status");
		const wait = setTimeout(() => {
			const bar = document.createElement("progress");
			bar.setAttribute("aria-label", a.dataset.slow);
			line.append(bar, a.dataset.slow + "…");
			document.body.append(line);
		}, 1000);
		try {
			const answer = await fetch(a.href);
			if (!answer.ok) {
				location.assign(a.href);
				return;
			}
			const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? "bao-cao";
			const link = Object.assign(document.createElement("a"), {href: URL.createObjectURL(await answer.blob()), download: name});
			link.click();
			setTimeout(() => URL.revokeObjectURL(link.href), 60000);
		} catch {
			location.assign(a.href);
		} finally {
			clearTimeout(wait);
			line.remove();
			a.removeAttribute("aria-busy");
		}
	});

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
