#!/usr/bin/env bash
# package.sh [OUT]   make what is handed to an operator, into OUT (build/package): deb and rpm of the program and of the engine's library, the
# Helm chart, a bill of materials, checksums, and one tar file with all of it for a machine without internet.
#
# VERSION (0.0.0) and SOURCE_DATE_EPOCH (the last commit's time) are the only inputs beside the tree: the same tree gives the same bytes.
# WITHOUT_ENGINE=1 leaves the engine's library out. Needs what `make build` and `make libchdb` need, and Go fetches nfpm at the pinned version.
set -euo pipefail
cd "$(dirname "$0")/.."
export GOTOOLCHAIN=go1.27.3
out=${1:-build/package}
nfpm=github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.48.0
export VERSION=${VERSION:-0.0.0} SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}
export ENGINE_VERSION LIBCHDB ARCH BIN OUT=$out
rm -rf "$out"; mkdir -p "$out"

run_nfpm() { # run_nfpm CONFIG PACKAGER
  if [ -n "${NFPM:-}" ]; then "$NFPM" package -f "$1" -p "$2" -t "$out"; else go run "$nfpm" package -f "$1" -p "$2" -t "$out"; fi
}

build() { # build GOARCH DIRECTORY
  mkdir -p "$2"
  for program in wuku wuku-verify; do
    CGO_ENABLED=0 GOOS=linux GOARCH=$1 go build -trimpath -buildvcs=false -ldflags '-s -w -buildid=' -o "$2/$program" "./cmd/$program"
  done
}

engine_version=$(sed -n 's/^version=//p' engine/fetch.sh)
engine_sha=$(sed -n 's/.*linux-x64-gnu) echo [0-9a-f]* \([0-9a-f]*\) .*/\1/p' engine/fetch.sh)
ENGINE_VERSION=${engine_version/-stable./.}
for ARCH in ${ARCHS:-amd64 arm64}; do
  BIN=$out/bin-$ARCH
  build "$ARCH" "$BIN"
  python3 deploy/sbom.py "$BIN/wuku" web/package-lock.json "$engine_version" "$engine_sha" "$VERSION" > "$out/sbom.cdx.json"
  for kind in deb rpm; do run_nfpm deploy/nfpm/wuku.yaml $kind; done
done
if [ -z "${WITHOUT_ENGINE:-}" ]; then
  ARCH=amd64 LIBCHDB=$(engine/fetch.sh)
  echo "$engine_sha  $LIBCHDB" | sha256sum --check --quiet
  for kind in deb rpm; do run_nfpm deploy/nfpm/engine.yaml $kind; done
fi
rm -rf "$out"/bin-*
stable() { tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" "$@"; }
stable -C deploy/helm -cf - wuku | gzip -n > "$out/wuku-chart-$VERSION.tgz"
mkdir -p "$out/docs"; cp docs/*.md README.md README.zh.md CHANGELOG.md "$out/docs/"; cp deploy/install.sh deploy/test-install.sh "$out/"; cp -r deploy/compose "$out/"
(cd "$out" && find . -type f ! -name SHA256SUMS | LC_ALL=C sort | xargs sha256sum > SHA256SUMS)
stable -C "$out" -cf "$out.tar" . && mv "$out.tar" "$out/wuku-offline-$VERSION.tar"
ls -l "$out"
