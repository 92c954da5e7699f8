// npm ci && npm run build: the same bytes each time, for the lock file names every package by its hash.
import {build} from "esbuild";
import {readFileSync, existsSync} from "node:fs";
const target = "../../internal/web/assets/age.js";
const parts = ["age-encryption", "@noble/ciphers", "@noble/curves", "@noble/hashes", "@noble/post-quantum", "@scure/base"];
const licence = parts.map(name => {
	const dir = `node_modules/${name}/`;
	const {version} = JSON.parse(readFileSync(dir + "package.json"));
	const file = ["LICENSE", "LICENSE.md"].find(f => existsSync(dir + f));
	return `${name} ${version}\n\n${readFileSync(dir + file, "utf8").trim()}`;
}).join("\n\n----\n\n");
await build({
	entryPoints: ["entry.mjs"], outfile: target, bundle: true, minify: true, format: "iife", globalName: "danvanAge",
	target: "es2022", charset: "ascii", legalComments: "none",
	banner: {js: `/*! Made from npm by tools/age; do not edit. Contains:\n\n${licence.replaceAll("*/", "* /")}\n*/`},
});
