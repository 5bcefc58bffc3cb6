#!/bin/sh
# The browser tests need a Chromium: take the one there is, install one as root on Debian, or fail and say so.
set -eu
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then
        exit 0
    fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends chromium
    exit 0
fi
echo "The browser tests need chromium on the PATH (Debian: apt-get install chromium)." >&2
exit 1
