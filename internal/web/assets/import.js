// Follows the job of an import without loading the page anew; when it ends, the page is loaded once more.
"use strict";
(() => {
	const card = document.querySelector("[data-import]");
	if (!card) return;
	const bar = card.querySelector("progress"), done = card.querySelector("[data-done]");
	const ask = async () => {
		try {
			const answer = await fetch(card.dataset.import, {headers: {Accept: "application/json"}});
			const at = await answer.json();
			if (!at.busy) return location.reload();
			if (at.total) bar.max = at.total;
			bar.value = at.done;
			done.textContent = at.done.toLocaleString("vi-VN");
		} catch {} // the network is away for a moment: ask again
		setTimeout(ask, 700);
	};
	setTimeout(ask, 700);
})();
