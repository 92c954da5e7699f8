# Targets are shorthand: everything here is a plain go command that can be typed.
.PHONY: lighthouse load canary test demo generate age check bench browser

TEMPL = github.com/a-h/templ/cmd/templ@v0.3.977

test:
	go test ./...

demo:
	go run ./cmd/danvan demo

# generate writes what is made from other files: pages, the catalogue's bundle and its JSON Schema.
generate:
	for p in look portal web; do go run $(TEMPL) generate -path internal/$$p || exit 1; done
	go generate ./catalog
	go run ./cmd/danvan catalog schema > docs/schema/catalog.schema.tmp
	mv docs/schema/catalog.schema.tmp docs/schema/catalog.schema.json

# age bundles internal/web/assets/age.js anew from npm: the same bytes, for every package is named by its hash.
age:
	cd tools/age && npm ci --ignore-scripts && node build.mjs

# browser opens the pages in a real Chromium: every page by axe, and each role's day from start to end.
# DANVAN_JOURNEY=all goes each role's day in all four ways, phone in one, DANVAN_AXE=/tim some pages, DANVAN_SHOTS=DIR keeps pictures.
browser:
	DANVAN_REQUIRE_BROWSER=1 go test -count=1 -v ./internal/web -run 'Axe|Journey|Drawer|Dark|SticksOut|ChecksSee|HandsTell'

# canary types strings that occur nowhere else into every place for people and their words, in the running program on both
# engines, and looks for them in everything that it leaves. Half a minute; DANVAN_CANARY=full some minutes.
canary:
	DANVAN_CANARY=$${DANVAN_CANARY:-1} DANVAN_REQUIRE_POSTGRES=1 go test -count=1 -v -timeout 30m ./internal/canary

# check is the quick part of .ci/run: no database, no browser.
check:
	@unformatted=$$(git ls-files '*.go' | grep -v '_templ\.go$$' | xargs gofmt -l); \
	if [ -n "$$unformatted" ]; then echo "not formatted:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	go test . ./docs
	go run ./cmd/danvan catalog check catalog
	go run ./cmd/danvan report check catalog

# bench measures danvan and, over the same totals, DuckDB (a module of its own: it needs cgo and a C compiler).
# BENCH_FLAGS takes flags of danvan bench, such as --scale N; DANVAN_DB an empty PostgreSQL database.
bench:
	go build -o bench/out/danvan ./cmd/danvan
	bench/out/danvan bench --export bench/out/totals $(BENCH_FLAGS)
	cd bench && go run . -export out/totals

# load asks the public pages of the demo 500 times a second; what it measured stands on its last line.
load:
	bench/load.sh

# lighthouse looks at each shape of public page by Lighthouse as a phone does; the lowest scores stand on its last line.
# It installs Lighthouse by npm (tools/lighthouse) and is no part of the checks. LIGHTHOUSE_PATHS names other pages.
lighthouse:
	tools/lighthouse/run.sh
