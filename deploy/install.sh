#!/bin/sh
# install.sh   install wuku from the directory of an unpacked offline bundle. Needs no network. Checks every file first.
set -e
cd "$(dirname "$0")"
sha256sum --check --quiet SHA256SUMS || { echo "install.sh: a file of the bundle is not as it was made" >&2; exit 1; }
case "$(uname -m)" in x86_64) deb=amd64 rpm=x86_64 ;; aarch64) deb=arm64 rpm=aarch64 ;; *) echo "install.sh: no package for $(uname -m)" >&2; exit 1 ;; esac
if command -v dpkg >/dev/null; then
  dpkg -i wuku_*_$deb.deb $(ls wuku-engine_*_$deb.deb 2>/dev/null)
elif command -v rpm >/dev/null; then
  rpm -Uvh wuku-[0-9]*.$rpm.rpm $(ls wuku-engine-*.$rpm.rpm 2>/dev/null)
else
  echo "install.sh: neither dpkg nor rpm is here" >&2; exit 1
fi
