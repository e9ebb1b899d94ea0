#!/usr/bin/env bash
# test-install.sh DIR   prove that the packages in DIR install and run with no network at all: unpacked into a root of their own, started in a
# network namespace of its own (loopback only), fed with a demo, looked at, stopped. Needs dpkg-deb, unshare and ip, and the right to use them.
set -euo pipefail
packages=$(cd "$1" && pwd)
root=$(mktemp -d) ; trap 'rm -rf "$root"' EXIT
(cd "$packages" && sha256sum --check --quiet SHA256SUMS)
for p in "$packages"/wuku_*_amd64.deb "$packages"/wuku-engine_*_amd64.deb; do dpkg-deb -x "$p" "$root"; done
cat > "$root/run.sh" <<RUN
set -e
ip link set lo up
[ "\$(ls /sys/class/net 2>/dev/null | wc -l)" -ge 0 ]
if (exec 3<>/dev/tcp/1.1.1.1/53) 2>/dev/null; then echo "there is a network" >&2; exit 1; fi
export HOME=$root/nobody WUKU_LIBCHDB=$root/usr/lib/wuku/libchdb.so WUKU_DATA=$root/var PATH=/usr/bin:/bin
$root/usr/bin/wuku up --config $root/etc/wuku/wuku.yaml --demo 100 2> $root/log & pid=\$!
for i in \$(seq 300); do grep -q 'ready after' $root/log && break; kill -0 \$pid || { cat $root/log; exit 1; }; sleep 1; done
grep 'ready after' $root/log
$root/usr/bin/wuku status --config $root/etc/wuku/wuku.yaml | head -3
$root/usr/bin/wuku verify --config $root/etc/wuku/wuku.yaml
kill \$pid; wait \$pid
RUN
unshare --net bash "$root/run.sh"
echo "installed and run without a network"
