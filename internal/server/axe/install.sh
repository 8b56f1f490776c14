#!/bin/sh
# Installs axe-core (from npm, in the version and with the hash of package-lock.json) into bin/axe, where the tests of the
# pages find it. Needs npm. Quiet when it is there already.
set -eu
cd "$(dirname "$0")"
into=../../../bin/axe

# What is there was installed from exactly these files.
[ -e "$into/.installed" ] && cat package-lock.json install.sh | cmp -s - "$into/.installed" && exit 0

if ! command -v npm >/dev/null; then
	echo "axe: the tests of the pages need npm, once. Install it and try again: deploy/deps.sh browser" >&2
	exit 1
fi
echo "axe: installing axe-core into bin/axe (npm ci)"
rm -rf "$into"
mkdir -p "$into"
cp package.json package-lock.json "$into/"
(cd "$into" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error)
cat package-lock.json install.sh >"$into/.installed"
