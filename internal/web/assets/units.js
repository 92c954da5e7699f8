// Lower levels of the tree of units open in place; without this they open on a page of their own.
"use strict";
document.addEventListener("click", async (event) => {
	const link = event.target.closest("a[data-below]");
	if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
	event.preventDefault();
	link.setAttribute("aria-busy", "true");
	try {
		const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
		if (!answer.ok) throw new Error(String(answer.status));
		const page = new DOMParser().parseFromString(await answer.text(), "text/html");
		const found = page.querySelector("#cay > li > details");
		if (!found) throw new Error("no list");
		found.open = true;
		link.replaceWith(document.importNode(found, true));
	} catch {
		location.assign(link.href);
	}
});

// An act on units takes a second or more: the form says that it is at work.
document.addEventListener("submit", (event) => {
	const words = event.target.dataset.busy;
	if (!words || event.defaultPrevented || event.target.querySelector("progress")) return;
	const line = document.createElement("p");
	line.setAttribute("role", "status");
	line.append(words, document.createElement("br"), document.createElement("progress"));
	event.target.append(line);
});
