// Arrow keys lead from the search box through what was found. Without this, Tab does.
"use strict";
(() => {
	const box = document.querySelector("[data-results]");
	const hits = () => [...document.querySelectorAll("a.hit")];
	document.addEventListener("keydown", (e) => {
		if (e.key !== "ArrowDown" && e.key !== "ArrowUp" || e.altKey || e.ctrlKey || e.metaKey) return;
		const all = hits();
		const at = all.indexOf(document.activeElement);
		if (at < 0 && document.activeElement !== box || all.length === 0) return;
		const to = at + (e.key === "ArrowDown" ? 1 : -1);
		if (to >= all.length || at < 0 && to < 0) return;
		e.preventDefault();
		(to < 0 ? box : all[to]).focus();
	});
})();
