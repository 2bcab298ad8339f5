#!/usr/bin/env bash
# Installs the programs that tests compare with or look through, where they are missing: the distribution's
# nginx, HAProxy and Chromium, by apt-get. Does nothing where all are there.
set -uo pipefail

missing=()
for program in nginx haproxy chromium; do
  PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v "$program" >/dev/null || missing+=("$program")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "tests need ${missing[*]}: install them first" >&2
  exit 1
fi
root=()
[ "$(id -u)" -eq 0 ] || root=(sudo -n)
# A runlevel without services: the tests start them, not their installation.
"${root[@]}" apt-get update -q >&2 &&
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
    apt-get install -q -y --no-install-recommends "${missing[@]}" >&2
