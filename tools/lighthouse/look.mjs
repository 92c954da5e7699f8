// Looks at public pages by Lighthouse, as a phone and as a wide screen, and prints the scores: node look.mjs ROOT PATH...
// LIGHTHOUSE_WIDE=1 looks as a wide screen. What keeps a page from 100 is named under its line.
import lighthouse, {desktopConfig} from "lighthouse";
import * as chromeLauncher from "chrome-launcher";

const [root, ...paths] = process.argv.slice(2), wide = process.env.LIGHTHOUSE_WIDE === "1";
const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const chrome = await chromeLauncher.launch({chromePath: process.env.CHROME_PATH || "/usr/bin/chromium", chromeFlags: flags});
const sorts = ["accessibility", "best-practices", "seo", "performance"], lowest = Object.fromEntries(sorts.map(s => [s, 100]));
try {
	for (const path of paths) {
		const {lhr} = await lighthouse(root + path, {port: chrome.port, logLevel: "error", onlyCategories: sorts}, wide ? desktopConfig : undefined);
		const score = sort => Math.round((lhr.categories[sort].score ?? 0) * 100);
		console.log(`${sorts.map(s => `${s} ${String(score(s)).padStart(3)}`).join("  ")}  ${path}${lhr.runtimeError ? "  " + lhr.runtimeError.message : ""}`);
		for (const sort of sorts) {
			lowest[sort] = Math.min(lowest[sort], score(sort));
			if (sort === "performance") continue;
			for (const ref of lhr.categories[sort].auditRefs) {
				const audit = lhr.audits[ref.id];
				if (ref.weight > 0 && audit.score !== null && audit.score < 1) {
					const where = (audit.details?.items ?? []).slice(0, 3).map(i => i.node?.snippet ?? i.source?.url ?? i.description ?? i.url ?? "").filter(Boolean);
					console.log(`    ${sort}: ${audit.title}${where.length ? ": " + where.join(" | ") : ""}`);
				}
			}
		}
	}
} finally {
	await chrome.kill();
}
console.log(`lighthouse: ${paths.length} pages, lowest: ${sorts.map(s => `${s} ${lowest[s]}`).join(", ")}`);
