// What every page gains where scripts run. Nothing here is needed: each page works without it.
"use strict";
document.documentElement.classList.add("js");
