// Leaving quickly takes this page's place in the history, and empties the screen at once; pressed Escape three times does
// the same. Printing is offered where it works. Without this script the button is a link.
"use strict";
(() => {
	const link = document.querySelector("[data-leave]");
	const leave = event => {
		event?.preventDefault();
		document.documentElement.hidden = true;
		document.title = "";
		for (const field of document.querySelectorAll("input, textarea")) field.value = "";
		location.replace(link.href);
	};
	link?.addEventListener("click", leave);
	let pressed = [];
	if (link) document.addEventListener("keydown", event => {
		if (event.key !== "Escape") return;
		pressed = [...pressed.filter(at => event.timeStamp - at < 1500), event.timeStamp];
		if (pressed.length >= 3) leave(event);
	});
	for (const part of document.querySelectorAll("[data-print]")) {
		part.hidden = false;
		part.querySelector("button").addEventListener("click", () => print());
	}
})();
