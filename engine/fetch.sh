#!/usr/bin/env bash
# fetch.sh [PLATFORM]   put the embedded ClickHouse engine (libchdb) into this user's cache and print its path.
#
# The library comes from the npm package @chdb/lib-PLATFORM by name and exact version, through npm's ordinary client
# (which registry that is, is npm's configuration). Both the package and the library in it are compared with the SHA-256
# in the table below; a file that differs is removed and never used. Run again it finds the cached file and does nothing.
# Several runs at once wait for each other under a lock. Needs npm, tar, sha256sum (or shasum) and flock where it exists.
set -euo pipefail

version=26.7.3-stable.1
cache=${XDG_CACHE_HOME:-$HOME/.cache}/wuku/libchdb-$version

fail() { echo "fetch.sh: $*" >&2; exit 1; }

platform() {
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) echo linux-x64-gnu ;;
    Linux-aarch64) echo linux-arm64-gnu ;;
    Darwin-x86_64) echo darwin-x64 ;;
    Darwin-arm64) echo darwin-arm64 ;;
    *) fail "no libchdb package exists for $(uname -s) $(uname -m); point WUKU_LIBCHDB at a library of your own, or use --clickhouse" ;;
  esac
}

# pins PLATFORM: the SHA-256 of the package, then of the library in it. "-" means nobody has computed it yet.
pins() {
  case "$1" in
    linux-x64-gnu) echo c0d32b129e988f2b9a9a31c9141aecf5e1e2453f9a079efc4d36ab8e3f92b2ad 36ad4e999882821ef13cf2d0f52c93f48e6ee1b4498b35a201c23ce4b8d15bf5 ;;
    linux-arm64-gnu | darwin-x64 | darwin-arm64) echo - - ;;
    *) fail "unknown platform $1; known: linux-x64-gnu linux-arm64-gnu darwin-x64 darwin-arm64" ;;
  esac
}

sha256() { if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1; }

fetch() { # fetch PLATFORM PACKAGE_SHA LIBRARY_SHA
  command -v npm >/dev/null || fail "npm is not installed; install Node.js (it brings npm), or point WUKU_LIBCHDB at libchdb.so"
  local got
  tmp=$(mktemp -d "$cache/.fetch.XXXXXX") # not local: the trap needs it after this function has ended
  trap 'rm -rf "$tmp"' EXIT
  echo "fetch.sh: fetching @chdb/lib-$1@$version (about 180 MB, once) to $cache" >&2
  (cd "$tmp" && npm pack --silent "@chdb/lib-$1@$version" >/dev/null) || fail "npm could not fetch @chdb/lib-$1@$version; see its message above, check the network and npm's registry setting, then run this again"
  got=$(sha256 "$tmp"/*.tgz)
  [ "$got" = "$2" ] || fail "the package @chdb/lib-$1@$version has SHA-256 $got, not the pinned $2; it was thrown away"
  tar -xzf "$tmp"/*.tgz -C "$tmp" package/libchdb.so
  got=$(sha256 "$tmp/package/libchdb.so")
  [ "$got" = "$3" ] || fail "libchdb.so of @chdb/lib-$1@$version has SHA-256 $got, not the pinned $3; it was thrown away"
  chmod 0555 "$tmp/package/libchdb.so"
  mv "$tmp/package/libchdb.so" "$cache/libchdb.so"
}

main() {
  local p package library
  p=${1:-$(platform)}
  read -r package library <<<"$(pins "$p")"
  [ "$package" != - ] || fail "no SHA-256 is pinned for $p yet; point WUKU_LIBCHDB at a library you trust"
  [ "$p" = "$(platform)" ] || cache=$cache-$p
  mkdir -p "$cache"
  exec 9>"$cache/.lock"
  if command -v flock >/dev/null; then flock 9; fi
  [ -f "$cache/libchdb.so" ] || fetch "$p" "$package" "$library"
  echo "$cache/libchdb.so"
}

main "$@"
