// The grid like a spreadsheet: a block pasted from Excel falls into cells, Enter and the arrows move between rows.
// Without this file it is a table of inputs.
"use strict";
(() => {
	const table = document.querySelector("[data-grid]");
	if (!table) return;
	const fold = text => text.trim().toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d");
	const rows = () => [...table.tBodies[0].rows];
	const cells = row => [...row.querySelectorAll("input, select")];
	const place = cell => {
		const row = cell.closest("tr");
		return [rows().indexOf(row), cells(row).indexOf(cell)];
	};
	const set = (cell, text) => {
		if (cell.tagName === "SELECT") {
			const wanted = fold(text);
			const option = [...cell.options].find(o => fold(o.textContent) === wanted || fold(o.value) === wanted);
			cell.value = option ? option.value : "";
			cell.classList.toggle("lost", !option && wanted !== "");
		} else cell.value = text.trim();
		cell.dispatchEvent(new Event("change", {bubbles: true}));
	};

	// parts cuts the text that a spreadsheet puts on the clipboard; a cell with line breaks stands in quotes.
	const parts = text => {
		const out = [[""]];
		let quoted = false;
		for (let i = 0; i < text.length; i++) {
			const row = out[out.length - 1], c = text[i];
			if (quoted) {
				if (c === '"' && text[i + 1] === '"') row[row.length - 1] += text[i++];
				else if (c === '"') quoted = false;
				else row[row.length - 1] += c === "\n" ? " " : c;
			} else if (c === '"' && row[row.length - 1] === "") quoted = true;
			else if (c === "\t") row.push("");
			else if (c === "\n") out.push([""]);
			else if (c !== "\r") row[row.length - 1] += c;
		}
		if (out.length > 1 && out[out.length - 1].join("") === "") out.pop();
		return out;
	};

	table.addEventListener("paste", e => {
		const cell = e.target.closest("input, select"), text = e.clipboardData?.getData("text/plain") ?? "";
		if (!cell || !/[\t\n]/.test(text.trimEnd())) return;
		e.preventDefault();
		const [top, left] = place(cell), block = parts(text);
		while (rows().length < Math.min(top + block.length, 100)) add();
		const says = document.querySelector("[data-grid-says]"), over = top + block.length - rows().length;
		says.textContent = over > 0 ? `Bảng chỉ nhận 100 dòng một lần: ${over} dòng cuối chưa được dán. Hãy lưu rồi dán tiếp, hoặc nhập từ tệp.` : `Đã dán ${block.length} dòng.`;
		block.forEach((line, i) => line.forEach((value, j) => {
			const row = rows()[top + i], to = row && cells(row)[left + j];
			if (to) set(to, value);
		}));
	});

	// add puts one more empty row under the last.
	const add = () => {
		const last = rows().at(-1), row = last.cloneNode(true), n = rows().length;
		row.cells[0].textContent = n + 1;
		for (const cell of cells(row)) {
			cell.name = cell.id = cell.name.replace(/\d+$/, n);
			cell.setAttribute("aria-label", cell.getAttribute("aria-label").replace(/\d+$/, n + 1));
			for (const name of ["aria-invalid", "aria-describedby"]) cell.removeAttribute(name);
			cell.value = "";
			cell.removeAttribute("value");
		}
		row.querySelectorAll(".err").forEach(e => e.remove());
		row.querySelectorAll(".bad").forEach(e => e.classList.remove("bad"));
		last.after(row);
	};

	table.addEventListener("keydown", e => {
		const cell = e.target.closest("input, select");
		if (!cell || e.ctrlKey || e.metaKey || e.altKey) return;
		const step = {Enter: e.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1}[e.key];
		if (!step || cell.tagName === "SELECT" && e.key !== "Enter") return;
		e.preventDefault();
		const [row, column] = place(cell);
		if (row + step === rows().length && rows().length < 100) add();
		const to = rows()[row + step];
		if (to) {
			const next = cells(to)[column];
			next.focus();
			next.select?.();
		}
	});
})();
