#!/bin/sh
# The user and the directory that the units name. Nothing is started: that is the operator's to do.
set -e
if command -v systemd-sysusers >/dev/null 2>&1; then systemd-sysusers wuku.conf || true; fi
if ! getent passwd wuku >/dev/null 2>&1 && command -v useradd >/dev/null 2>&1; then useradd --system --home-dir /var/lib/wuku --shell /usr/sbin/nologin wuku; fi
if getent group wuku >/dev/null 2>&1; then chgrp wuku /etc/wuku/wuku.yaml && chmod 640 /etc/wuku/wuku.yaml; fi
if command -v systemctl >/dev/null 2>&1; then systemctl daemon-reload || true; fi
echo "wuku is installed. Look at /etc/wuku/wuku.yaml, then: systemctl enable --now wuku"
