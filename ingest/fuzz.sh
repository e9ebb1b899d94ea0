#!/usr/bin/env bash
# Fuzzes every decoder and reader for so long (60s), two at a time. Go ends a target now and then with "context deadline exceeded" and no failing
# input when its time is up on a loaded machine: that one is run again. A failing input fails the run and stands in testdata/fuzz.
set -uo pipefail
cd "$(dirname "$0")/.."
long=${1:-60s}

one() {
  local room=$1 target=$2 shrink=$3 out
  for try in 1 2 3; do
    out=$(go test "./$room" -run '^$' -fuzz "^$target\$" -fuzztime "$long" -fuzzminimizetime "$shrink" -parallel 1 2>&1) && { echo "$room $target: $(grep -o 'execs: [0-9]*' <<<"$out" | tail -1)"; return 0; }
    grep -q 'context deadline exceeded' <<<"$out" && ! grep -q 'Failing input' <<<"$out" || break
  done
  echo "$out"
  return 1
}
export -f one
export long

xargs -P 2 -L 1 bash -c 'one "$@"' _ <<'TARGETS'
ingest FuzzMap 50x
ingest FuzzDecode 50x
ingest FuzzCSV 50x
ingest FuzzAvro 50x
ingest FuzzGB18030 50x
ingest FuzzAnswer 50x
ingest FuzzWalk 50x
entity FuzzNormalise 50x
catalog FuzzLoad 1x
TARGETS
