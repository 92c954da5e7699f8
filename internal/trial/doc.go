// Package trial holds no program, only tests: strangers come to danvan as it runs, with a browser. A citizen and the desk
// have a letter go from hand to hand; a hostile visitor writes into every place for words what a browser, a spreadsheet or a
// calendar would carry out; somebody walks through the public pages with the keyboard alone, or hears them.
//
// The program is built and started over the demo's units and accounts without entries. DANVAN_TRIAL_BIN names one that is
// built already; DANVAN_TRIAL_ROOT and DANVAN_TRIAL_DATA one that runs, with its data (for trying while one works).
package trial
