#!/usr/bin/env bash
# reproduce.sh   build the packages of the program twice, in two directories of different names, and compare them byte by byte.
set -euo pipefail
cd "$(dirname "$0")/.."
a=$(mktemp -d) b=$(mktemp -d)/another/place ; trap 'rm -rf "$a" "$b"' EXIT
mkdir -p "$b"
export SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) WITHOUT_ENGINE=1 ARCHS=amd64
for dir in "$a" "$b"; do
  git archive HEAD | tar -x -C "$dir"; cp -r web/dist "$dir/web/"
  (cd "$dir" && deploy/package.sh "$dir/out" >/dev/null)
done
diff "$a/out/SHA256SUMS" "$b/out/SHA256SUMS"
echo "twice the same bytes:"; cat "$a/out/SHA256SUMS" | grep -v docs/
