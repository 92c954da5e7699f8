#!/usr/bin/env bash
# Builds danvan with its demo, serves it, and looks at each shape of public page by Lighthouse (look.mjs).
#   LIGHTHOUSE_PATHS="/cong/ /cong/gui" LIGHTHOUSE_WIDE=1 tools/lighthouse/run.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
port="${PORT:-8097}" dir="$(mktemp -d)"
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$dir"' EXIT
(cd tools/lighthouse && npm ci --no-audit --no-fund --silent)
go build -trimpath -o "$dir/danvan" ./cmd/danvan
if [ -n "${DANVAN_TEST_DEMO:-}" ]; then cp -r "$DANVAN_TEST_DEMO" "$dir/data"; else "$dir/danvan" demo --no-serve --data "$dir/data" >/dev/null; fi
"$dir/danvan" serve --data "$dir/data" --listen "127.0.0.1:$port" >"$dir/log" 2>&1 &
server=$!
root="http://127.0.0.1:$port"
for _ in $(seq 100); do curl -fsS -o /dev/null "$root/cong/" 2>/dev/null && break; sleep 0.2; done
# one page of each shape: the pages that two steps lead to, with one number, commune or figure of each kind
links() { curl -fsS "$root$1" | grep -o 'href="/cong/[^"#?]*"' | sed 's/^href="//; s/"$//' | grep -Ev '/tinh/|\.(csv|ics|json|xml)$|/(csv|json|anh)(/|$)' | sort -u; }
shapes() { awk '{s=$0; gsub(/[0-9]+/, "N", s); sub(/so-lieu\/[a-z_.]+/, "so-lieu/F", s); if (!seen[s]++) print}'; }
paths="${LIGHTHOUSE_PATHS:-$( { echo /cong/; links /cong/; for p in $(links /cong/ | shapes); do links "$p" || true; done; echo /en/; echo /en/gui; } | shapes)}"
node tools/lighthouse/look.mjs "$root" $paths
