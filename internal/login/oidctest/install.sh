#!/bin/sh
# Installs the log-in service of the tests (oidc-provider, from npm) into bin/oidctest. Needs npm; node 20 or newer is
# fetched beside it where the machine's is older. Quiet when it is there already.
set -eu
cd "$(dirname "$0")"
into=../../../bin/oidctest
node_version=22.23.3

# What is there was installed from exactly these files.
[ -e "$into/.installed" ] && cat package-lock.json provider.mjs install.sh | cmp -s - "$into/.installed" && exit 0

if ! command -v npm >/dev/null; then
	if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
		echo "oidctest: the log-in tests need npm. Install it and try again: sudo apt-get install -y --no-install-recommends npm" >&2
		exit 1
	fi
	echo "oidctest: installing npm (apt-get install --no-install-recommends)"
	export DEBIAN_FRONTEND=noninteractive
	log=$(mktemp)
	trap 'rm -f "$log"' EXIT
	if ! { apt-get update && apt-get install -y --no-install-recommends npm; } >"$log" 2>&1; then
		cat "$log" >&2
		echo "oidctest: apt-get failed, see above" >&2
		exit 1
	fi
fi

echo "oidctest: installing oidc-provider into bin/oidctest (npm ci)"
rm -rf "$into"
mkdir -p "$into"
cp package.json package-lock.json provider.mjs "$into/"
(cd "$into" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error)

if [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ]; then
	case $(uname -m) in
	x86_64) machine=x64 ;;
	aarch64) machine=arm64 ;;
	*) echo "oidctest: node $(node --version) is too old, and there is none to fetch for $(uname -m). Install node 20 or newer." >&2; exit 1 ;;
	esac
	echo "oidctest: node $(node --version) is too old for it; fetching node $node_version into bin/oidctest"
	(cd "$into" && mkdir runtime && npm install --prefix runtime --no-audit --no-fund --no-save --ignore-scripts --loglevel=error "node-linux-$machine@$node_version")
	ln -s "runtime/node_modules/node-linux-$machine/bin/node" "$into/node"
fi
cat package-lock.json provider.mjs install.sh >"$into/.installed"
