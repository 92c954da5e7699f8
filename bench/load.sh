#!/usr/bin/env bash
# Asks the public pages of the demo province 500 times a second, as phones would: compressed, many pages, kept connections.
# The last line says what was measured. It is reported, no gate: the machine and what else it does decide.
#   RATE=500 SECONDS_EACH=20 bench/load.sh
set -euo pipefail
cd "$(dirname "$0")/.."
rate="${RATE:-500}" time="${SECONDS_EACH:-20}" port="${PORT:-8098}" dir="$(mktemp -d)"
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$dir"' EXIT
go build -trimpath -o "$dir/danvan" ./cmd/danvan
GOBIN="$dir" go install github.com/tsenart/vegeta/v12@v12.13.0
if [ -n "${DANVAN_TEST_DEMO:-}" ]; then cp -r "$DANVAN_TEST_DEMO" "$dir/data"; else "$dir/danvan" demo --no-serve --data "$dir/data" >/dev/null; fi
"$dir/danvan" serve --data "$dir/data" --listen "127.0.0.1:$port" >"$dir/log" 2>&1 &
server=$!
root="http://127.0.0.1:$port"
for _ in $(seq 100); do curl -fsS -o /dev/null "$root/cong/" 2>/dev/null && break; sleep 0.2; done
# every page a person can reach from the first one in two steps, forms aside
pages() { curl -fsS "$1" | grep -o 'href="/cong/[^"#]*"' | sed 's/^href="//; s/"$//; s/&amp;/\&/g' | grep -v '/tinh/' | sort -u; }
{ echo /cong/; pages "$root/cong/"; for p in $(pages "$root/cong/"); do pages "$root$p" || true; done; } | sort -u | head -400 >"$dir/paths"
sed "s#^#GET $root#" "$dir/paths" | awk '{print $0 "\nAccept-Encoding: gzip\n"}' >"$dir/targets"
count=$(wc -l <"$dir/paths")
"$dir/vegeta" attack -rate="$rate" -duration="${time}s" -targets="$dir/targets" -output="$dir/first" >/dev/null # first openings
"$dir/vegeta" attack -rate="$rate" -duration="${time}s" -targets="$dir/targets" -output="$dir/out"
"$dir/vegeta" report "$dir/out"
rss=$(awk '/VmRSS/{print int($2/1024)}' "/proc/$server/status")
printf 'load: %s pages, %s/s for %ss: ' "$count" "$rate" "$time"
"$dir/vegeta" report -type=json "$dir/out" | sed -E 's/.*"50th":([0-9]+).*"99th":([0-9]+).*"max":([0-9]+).*"success":([0-9.]+).*/\1 \2 \3 \4/' |
	awk -v rss="$rss" '{printf "median %.2f ms, 99th percentile %.2f ms, worst %.0f ms, answered %.2f%%, memory %d MB\n", $1/1e6, $2/1e6, $3/1e6, $4*100, rss}'
