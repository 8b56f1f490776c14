#!/bin/sh
# Installs the Debian packages that building, testing and running arshjul needs and that are missing. Quiet when none is.
# With the argument "browser" also those with which the pages are looked at: chromium, and npm for what is put into bin/.
set -eu

missing=
need() { # need PACKAGE CONDITION...
	package=$1
	shift
	"$@" >/dev/null 2>&1 || missing="$missing $package"
}

postgres() {
	for initdb in /usr/lib/postgresql/*/bin/initdb "$(command -v initdb)"; do
		[ -x "$initdb" ] && return 0
	done
	return 1
}

browser() {
	for name in chromium chromium-browser google-chrome; do
		command -v "$name" && return 0
	done
	return 1
}

fonts() {
	find /usr/share/fonts /usr/local/share/fonts -name '*.[to]tf' 2>/dev/null | grep -q .
}

case "${1-}" in
"") ;;
browser)
	need chromium browser
	need fonts-liberation fonts
	need npm command -v npm
	;;
*)
	echo "deps: unknown argument \"$1\". Say nothing, or browser" >&2
	exit 2
	;;
esac

need ca-certificates test -e /etc/ssl/certs/ca-certificates.crt
need postgresql postgres
# The race detector is linked with a C compiler's help.
need gcc command -v gcc
need libc6-dev test -e /usr/include/stdlib.h
# A test cuts the network between processes, which only root can.
[ "$(id -u)" -ne 0 ] || need iproute2 command -v ip

[ -z "$missing" ] && exit 0

if ! command -v apt-get >/dev/null; then
	echo "deps: this machine lacks$missing (Debian's names) and has no apt-get: install them and try again" >&2
	exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
	echo "deps: missing packages. Install them and try again: sudo apt-get install -y --no-install-recommends$missing" >&2
	exit 1
fi
echo "deps: installing$missing (apt-get install --no-install-recommends)"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086 # one word per package
if ! { apt-get update && apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
	cat "$log" >&2
	echo "deps: apt-get failed, see above; nothing else was changed" >&2
	exit 1
fi
echo "deps: done"
