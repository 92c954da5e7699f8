package browser

import (
	_ "embed"
	"fmt"
	"strings"
)

// axe is axe-core 4.14.1, unchanged (MPL-2.0; axe/LICENSE). Only tests hold it.
//
//go:embed axe/axe.min.js
var axe string

// Violation is one thing that keeps people from using the page, as axe-core names it.
type Violation struct {
	ID, Help string
	Where    []string // elements, at most three
}

func (v Violation) String() string {
	return fmt.Sprintf("%s (%s): %s", v.ID, v.Help, strings.Join(v.Where, " | "))
}

// Axe looks for violations on the page, by all rules of WCAG 2.2 AA and of good practice, or by the rules that are
// named. It is put in by the driver, not by the page, whose policy would refuse it.
func (b *Browser) Axe(rules ...string) []Violation {
	b.t.Helper()
	only := `{type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}`
	if len(rules) > 0 {
		only = `{type: "rule", values: ["` + strings.Join(rules, `", "`) + `"]}`
	}
	var found []Violation
	var there bool
	b.Eval(`return !!window.axe`, &there)
	if !there {
		b.Eval(axe, nil)
	}
	// of what axe loads beside the page only its sounds and films are needed: the style sheets are for a rule not asked here
	b.Eval(`return document.fonts.ready.then(() => axe.run(document, {runOnly: `+only+`, resultTypes: ["violations"], preload: {assets: ["media"]}})).then(r => r.violations.map(v => ({
		ID: v.id, Help: v.help, Where: v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + " " + (n.any[0] || n.all[0] || n.none[0] || {message: ""}).message)})))`, &found)
	return found
}

// Thin takes out of the page what axe need not judge again: the elements of some selectors, which were judged on another
// page, and of like rows of one table or list all but two. Judging takes a time that grows with the elements. What of the
// page depends on its words, as whether something sticks out, must be asked before.
func (b *Browser) Thin(known []string) {
	b.t.Helper()
	var out string
	b.Eval(`const known = "`+strings.Join(append(known, "body > svg"), ", ")+`";
		for (const e of document.querySelectorAll(known)) e.remove();
		const counts = ["class", "role", "type", "scope", "tabindex"];
		const like = e => e.tagName + [...e.attributes].map(a => a.name + (counts.includes(a.name) ? a.value : a.value !== "")).sort() + [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
		const seen = new Map();
		for (const e of document.querySelectorAll("tr, li, option")) {
			if (!e.isConnected) continue;
			const of = seen.get(e.parentNode) || seen.set(e.parentNode, new Map()).get(e.parentNode);
			const shape = [e, ...e.querySelectorAll("*")].map(like).join();
			of.set(shape, (of.get(shape) || 0) + 1);
			if (of.get(shape) > 2) e.remove();
		}
		return "" + document.querySelectorAll("*").length`, &out)
}
