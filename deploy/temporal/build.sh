#!/bin/sh
# Builds the Temporal server, its sql tool and its schema into bin/, once for each content of this directory's go.mod and
# go.sum. Everything is moved into place whole: an interrupted build leaves nothing half-done in bin/, and the next one
# goes on from Go's build cache.
set -eu
cd "$(dirname "$0")"
bin=$(cd ../.. && pwd)/bin
part=$bin/.temporal.part
stamp=$bin/.temporal.built

mkdir -p "$bin"
exec 9>"$bin/.temporal.lock"
flock -n 9 || { echo "build-temporal: another build is under way here; waiting for it"; flock 9; }

want=$(cat go.mod go.sum build.sh | sha256sum)
if [ "$(cat "$stamp" 2>/dev/null)" = "$want" ] && [ -x "$bin/temporal-server" ] && [ -x "$bin/temporal-sql-tool" ] &&
	[ -d "$bin/temporal-schema" ]; then
	exit 0
fi

rm -rf "$part"
mkdir "$part"
watcher=
trap 'rm -rf "$part"; [ -z "$watcher" ] || kill $watcher 2>/dev/null || true' EXIT
trap 'exit 130' INT TERM
started=$(date +%s)
elapsed() { s=$(($(date +%s) - started)); printf '%d min %02d s' $((s / 60)) $((s % 60)); }

# run WHAT COUNT COMMAND...: runs a command that writes $part/log, and every 15 seconds says how far COUNT finds it to be.
run() {
	what=$1 count=$2
	shift 2
	(while sleep 15 >/dev/null 2>&1; do echo "build-temporal: $(elapsed): $($count) $what"; done) 9>&- &
	watcher=$!
	if ! "$@" 9>&-; then
		kill $watcher
		tail -n 30 "$part/log" >&2
		echo "build-temporal: failed after $(elapsed). Mend it and run make build-temporal again: it goes on where it stopped" >&2
		exit 1
	fi
	kill $watcher
	wait $watcher 2>/dev/null || true
	watcher=
}

version=$(sed -n 's/^[[:space:]]*go.temporal.io\/server \(v[^ ]*\).*/\1/p' go.mod)
echo "build-temporal: building the Temporal server $version from source, once (the first time 5 to 10 minutes)"

export CGO_ENABLED=0
fetched() { grep -c '^go: downloading' "$part/log" || true; }
fetch() { go list -deps tool >"$part/packages" 2>"$part/log"; }
run 'modules fetched' fetched fetch

compiled() { grep -vc '^go: ' "$part/log" || true; }
compile() { go build -v -o "$part/" -ldflags '-s -w' tool 2>"$part/log"; }
run "packages compiled, of at most $(wc -l <"$part/packages")" compiled compile

schema=$(go list -m -f '{{.Dir}}' go.temporal.io/server)/schema/postgresql/v12
for db in temporal visibility; do
	mkdir -p "$part/schema/$db"
	cp -R "$schema/$db/versioned" "$part/schema/$db/"
done
chmod -R u+w "$part/schema"

rm -rf "$stamp" "$bin/temporal-schema"
mv "$part/schema" "$bin/temporal-schema"
mv "$part/sql" "$bin/temporal-sql-tool"
mv "$part/server" "$bin/temporal-server"
echo "$want" >"$stamp"
echo "build-temporal: done in $(elapsed)"
