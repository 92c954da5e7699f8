// Identities of denouncers are sealed and opened here, on the device. What is typed and what is read stays on the page:
// its controls have no name, so no form sends them; only age files, public keys and answers to challenges go to the
// server. The same can be done with files by "danvan identity". Needs age.js.
"use strict";
(() => {
	const age = self.danvanAge;
	if (!age) return;
	const recordSize = 16 << 10, innerSize = 8 << 10, fileOverhead = 102, keyOverhead = 98, workFactor = 17, shortest = 14;
	const utf8 = new TextEncoder(), text = new TextDecoder();
	const all = (selector, from = document) => [...from.querySelectorAll(selector)];
	const at = (part, name) => part.querySelector(`[data-${name}]`);

	class Said extends Error {} // a sentence for the person
	const fail = say => { throw new Said(say); };

	// pad makes an age file of exactly so many bytes.
	const encrypt = async (content, pad, size, recipients) => {
		const room = size - fileOverhead - keyOverhead * recipients.length;
		if (!recipients.length) fail("Cơ quan chưa có đủ khóa để niêm phong.");
		if (content.length > room) fail("Nội dung dài hơn mức phong bì chứa được. Hãy rút ngắn phần ghi chú.");
		const padded = new Uint8Array(room).fill(pad);
		padded.set(content);
		const e = new age.Encrypter();
		for (const r of recipients) e.addRecipient(r);
		const file = await e.encrypt(padded);
		if (file.length !== size) fail("Phong bì làm ra sai khuôn. Hãy cập nhật chương trình.");
		return file;
	};
	const close = (inner, custodians) => encrypt(inner, 0, recordSize, custodians);
	const seal = async (identity, ring) => close(await encrypt(utf8.encode(JSON.stringify({v: 1, ...identity})), 32, innerSize, ring.officers), ring.custodians);
	const decrypt = async (file, key) => {
		const d = new age.Decrypter();
		d.addIdentity(key);
		try {
			return await d.decrypt(file);
		} catch (err) {
			fail(/no identity matched/.test(err.message) ? "Khóa này không mở được phong bì: phong bì được niêm phong cho khóa khác." : "Phong bì hỏng hoặc đã bị thay đổi.");
		}
	};
	const unarmor = armored => {
		try {
			return age.armor.decode(armored.trim());
		} catch {
			fail("Đây không phải văn bản của một phong bì (BEGIN AGE ENCRYPTED FILE).");
		}
	};
	const openOuter = async (record, key) => {
		const plain = await decrypt(record, key);
		if (plain.length < innerSize) fail("Phong bì mở được nhưng bên trong không phải một phong bì của danvan.");
		return plain.subarray(0, innerSize);
	};
	const openInner = async (inner, key, code) => {
		const identity = JSON.parse(text.decode(await decrypt(inner, key)));
		if (identity.code !== code) fail(`Phong bì này của vụ việc ${identity.code}, không phải ${code}. Hãy báo ngay cho người kiểm toán sổ.`);
		return identity;
	};
	const fingerprint = recipient => [...age.sha256(utf8.encode(recipient)).subarray(0, 16)]
		.map(b => b.toString(16).padStart(2, "0")).join("").toUpperCase().match(/.{4}/g).join(" ");

	// say writes what is going on, for eyes and ears.
	const say = (part, words, bad) => {
		const line = at(part, "say");
		line.textContent = words;
		line.className = bad ? "err" : "muted";
		line.setAttribute("role", bad ? "alert" : "status");
	};
	const shown = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));

	// on runs one act at a time and says what went wrong; what is secret is forgotten in any case.
	const on = (part, button, doing, act) => button?.addEventListener("click", async () => {
		if (button.disabled) return;
		button.disabled = true;
		say(part, doing);
		await shown();
		try {
			await act();
		} catch (err) {
			say(part, err instanceof Said ? err.message : "Thiết bị này không làm được việc này. Hãy dùng trình duyệt mới hơn, hoặc lệnh danvan identity.", true);
		} finally {
			button.disabled = false;
			all("[data-pass]", part).forEach(i => i.value = "");
		}
	});
	const send = (part, form) => {
		say(part, "Đang gửi…");
		form.requestSubmit(form.querySelector("[data-send]"));
	};

	// unlock reads the private key from the file and passphrase of this part of the page.
	const unlock = async part => {
		const file = at(part, "keyfile").files[0], pass = at(part, "pass").value;
		if (!file) fail("Hãy chọn tệp khóa của bạn.");
		if (!pass) fail("Hãy gõ cụm mật khẩu của tệp khóa.");
		if (file.size > 64 << 10) fail("Đây không phải tệp khóa.");
		let plain;
		try {
			const d = new age.Decrypter();
			d.addPassphrase(pass);
			plain = text.decode(await d.decrypt(age.armor.decode((await file.text()).trim())));
		} catch {
			fail("Cụm mật khẩu không đúng, hoặc tệp đã chọn không phải tệp khóa.");
		}
		const key = plain.split("\n").map(l => l.trim()).filter(l => l && !l.startsWith("#"));
		if (key.length !== 1 || !key[0].startsWith("AGE-SECRET-KEY-1")) fail("Tệp mở được nhưng bên trong không phải đúng một khóa age.");
		return key[0];
	};

	for (const part of all("[data-sealing]")) part.hidden = false;
	const json = (part, name) => JSON.parse(part.dataset[name]);

	// A key is made; its file is kept by its holder, its public half is registered.
	for (const part of all("[data-make]")) on(part, at(part, "do"), "Đang tạo khóa…", async () => {
		const [one, two] = all("[data-pass]", part).map(i => i.value);
		if ([...one].length < shortest) fail(`Cụm mật khẩu phải dài ít nhất ${shortest} ký tự; nên dùng bốn, năm từ không liên quan.`);
		if (one !== two) fail("Hai lần gõ cụm mật khẩu không giống nhau.");
		const key = await age.generateX25519Identity(), recipient = await age.identityToRecipient(key);
		const e = new age.Encrypter();
		e.setPassphrase(one);
		e.setScryptWorkFactor(workFactor);
		const file = age.armor.encode(await e.encrypt(`# public key: ${recipient}\n${key}\n`));
		const link = document.createElement("a"), mark = fingerprint(recipient);
		link.href = URL.createObjectURL(new Blob([file], {type: "text/plain"}));
		link.download = `khoa-danh-tinh-${mark.slice(0, 9).replace(" ", "-")}.age.txt`;
		link.textContent = "Tải lại tệp khóa";
		link.className = "btn";
		part.querySelector("[data-register] input[type=text]").value = recipient;
		at(part, "out").replaceChildren(Object.assign(document.createElement("p"), {textContent: "Dấu vân tay: " + mark}), link);
		link.click();
		say(part, "Đã tạo khóa và tải tệp khóa về máy. Hãy chép tệp sang nơi cất thứ hai, rồi bấm Đăng ký khóa.");
	});

	// The backup is shown to open: the answer is read out of the challenge.
	for (const part of all("[data-prove]")) on(part, at(part, "do"), "Đang mở tệp khóa…", async () => {
		const key = await unlock(part), form = part.querySelector("form");
		form.querySelector("[name=tra-loi]").value = text.decode(await decrypt(unarmor(at(part, "challenge").value), key));
		send(part, form);
	});

	// A clerk seals who it is.
	for (const part of all("[data-seal]")) on(part, at(part, "do"), "Đang niêm phong…", async () => {
		const ring = json(part, "seal"), form = part.querySelector("form");
		const identity = {code: ring.code, kind: part.querySelector("[data-kind]:checked")?.value};
		if (!identity.kind) fail("Hãy chọn danh tính nằm ở đâu.");
		const fields = all("[data-field]", part);
		if (identity.kind === "identity") {
			for (const f of fields) if (f.value.trim()) identity[f.dataset.field] = f.value.trim();
			if (!identity.name && !identity.contact && !identity.phone) fail("Hãy ghi họ tên hoặc cách liên hệ, hoặc chọn “Chỉ trên giấy”.");
		}
		const record = await seal(identity, ring);
		form.querySelector("[name=phong-bi]").value = age.armor.encode(record);
		fields.forEach(f => f.value = "");
		send(part, form);
	});

	// A custodian takes the outer layer off.
	for (const part of all("[data-release]")) on(part, at(part, "do"), "Đang mở tệp khóa…", async () => {
		const key = await unlock(part), form = part.querySelector("form");
		const inner = await openOuter(unarmor(at(part, "record").value), key);
		form.querySelector("[name=lop-trong]").value = age.armor.encode(inner);
		send(part, form);
	});

	// An officer reads, on his device; or seals anew without looking.
	const names = {name: "Họ và tên", born: "Năm sinh", number: "Số định danh, căn cước", address: "Địa chỉ", phone: "Điện thoại", contact: "Cách liên hệ an toàn", note: "Ghi chú"};
	for (const part of all("[data-open]")) {
		const out = at(part, "out"), ring = json(part, "open");
		const hide = () => out.replaceChildren();
		addEventListener("pagehide", hide);
		const inner = () => unarmor(at(part, "inner").value);
		on(part, at(part, "do"), "Đang mở tệp khóa…", async () => {
			const identity = await openInner(inner(), await unlock(part), ring.code);
			const list = document.createElement("dl"), kinds = {paper: "Danh tính chỉ có trên giấy, trong hồ sơ niêm phong.", none: "Phong bì không có danh tính."};
			list.className = "kv";
			for (const [field, name] of Object.entries(names)) if (identity[field]) {
				list.append(Object.assign(document.createElement("dt"), {textContent: name}), Object.assign(document.createElement("dd"), {textContent: identity[field]}));
			}
			const away = Object.assign(document.createElement("button"), {type: "button", className: "btn", textContent: "Che lại"});
			away.addEventListener("click", () => {
				hide();
				say(part, "Đã che. Lần mở này vẫn đứng trong sổ niêm phong.");
			});
			out.replaceChildren(kinds[identity.kind] ? Object.assign(document.createElement("p"), {textContent: kinds[identity.kind]}) : list, away);
			setTimeout(hide, 5 * 60 * 1000);
			say(part, "Đã mở trên thiết bị này. Tự che sau 5 phút.");
			out.focus();
		});
		on(part, at(part, "again"), "Đang niêm phong lại…", async () => {
			const identity = await openInner(inner(), await unlock(part), ring.code), form = part.querySelector("form");
			form.querySelector("[name=phong-bi]").value = age.armor.encode(await seal(identity, ring));
			send(part, form);
		});
	}

	// An officer reads a denunciation that came over the portal: eight bytes of length, then the content.
	const openText = async (file, key) => {
		const plain = await decrypt(file, key), size = Number(new DataView(plain.buffer, plain.byteOffset, 8).getBigUint64(0));
		if (size > plain.length - 8) fail("Tệp mở được nhưng bên trong không phải nội dung do danvan niêm phong.");
		return plain.subarray(8, 8 + size);
	};
	const sent = {place: "Xã, phường", where: "Ở đâu", whom: "Người, tổ chức vi phạm", text: "Việc vi phạm", proof: "Bằng chứng, chỗ kiểm tra được"};
	for (const part of all("[data-sending]")) {
		const out = at(part, "out"), hide = () => out.replaceChildren();
		addEventListener("pagehide", hide);
		on(part, at(part, "do"), "Đang mở tệp khóa…", async () => {
			const key = await unlock(part), inner = JSON.parse(text.decode(await openText(unarmor(at(part, "record").value), key)));
			const list = document.createElement("dl");
			list.className = "kv";
			for (const [field, name] of Object.entries(sent)) if (inner[field]) {
				list.append(Object.assign(document.createElement("dt"), {textContent: name}), Object.assign(document.createElement("dd"), {textContent: inner[field], className: "shape sent-text"}));
			}
			out.replaceChildren(list);
			for (const place of all("[data-file]", part)) {
				const answer = await fetch(place.dataset.file);
				if (!answer.ok) fail("Không tải được tệp. Hãy tải lại trang.");
				const plain = await openText(new Uint8Array(await answer.arrayBuffer()), key), cut = plain.indexOf(10);
				const about = JSON.parse(text.decode(plain.subarray(0, cut)));
				place.replaceChildren(Object.assign(document.createElement("a"), {href: URL.createObjectURL(new Blob([plain.subarray(cut + 1)], {type: "application/octet-stream"})), download: about.name, textContent: about.name}));
			}
			say(part, "Đã mở trên thiết bị này. Phần chữ tự che sau 15 phút.");
			setTimeout(hide, 15 * 60 * 1000);
			out.focus();
		});
	}

	// A custodian closes the outer layer of many records anew.
	const fromBase64 = s => Uint8Array.from(atob(s), c => c.charCodeAt(0));
	const toBase64 = b => btoa(Array.from(b, c => String.fromCharCode(c)).join(""));
	for (const part of all("[data-reclose]")) on(part, at(part, "do"), "Đang mở tệp khóa…", async () => {
		const key = await unlock(part), form = part.querySelector("form");
		const answer = await fetch(part.dataset.reclose, {headers: {Accept: "application/json"}});
		if (!answer.ok) fail("Không tải được danh sách. Hãy tải lại trang.");
		const bundle = await answer.json(), done = [], failed = [];
		for (const r of bundle.records ?? []) {
			try {
				done.push({...r, body: toBase64(await close(await openOuter(fromBase64(r.body), key), bundle.custodians))});
			} catch (err) {
				if (!(err instanceof Said)) throw err;
				failed.push(r.code);
			}
			say(part, `Đã niêm phong lại ${done.length} hồ sơ…`);
		}
		if (!done.length) fail("Khóa này không mở được hồ sơ nào trong danh sách: " + failed.join(", "));
		form.querySelector("[name=ket-qua]").value = JSON.stringify({...bundle, records: done});
		send(part, form);
	});
})();
