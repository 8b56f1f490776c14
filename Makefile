# make help says what there is. A target installs or builds what it needs first, and says so.

# Go is fetched in the version that go.mod names, whatever the installed one is (it must be 1.21 or newer).
export GOTOOLCHAIN := auto
# A checkout that belongs to another user than the one who builds has no version-control facts to stamp in.
export GOFLAGS := $(filter-out -buildvcs%,$(GOFLAGS)) -buildvcs=false
# Go keeps its caches below HOME; some containers have none.
ifeq ($(strip $(HOME)),)
export HOME := $(shell getent passwd "$$(id -u)" | cut -d: -f6)
endif

VERSION = $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help deps browser oidctest build-temporal build run demo test soak check bench pictures clean

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

deps: ## install what is missing of Debian's packages (as root), or say how
	@deploy/deps.sh

browser: ## install chromium and axe-core, with which the tests look at the pages (as root, or say how)
	@deploy/deps.sh browser
	@internal/server/axe/install.sh

build-temporal: ## build the Temporal server into bin/, once: 5 to 10 minutes the first time
	@deploy/temporal/build.sh

build: ## build bin/arshjul, and bin/arshjul-verify for who checks what it did
	CGO_ENABLED=0 go build -ldflags '-X main.version=$(VERSION)' -o bin/arshjul ./cmd/arshjul
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o bin/arshjul-verify ./cmd/arshjul-verify

run: deps build-temporal build ## start everything, launch the cycle of 2028 and play an exercise of it; stays until Ctrl-C
	bin/arshjul up --exercise 2028 --launch 2028

demo: deps build-temporal build ## play the exercise in a throw-away directory, verify the journal and its evidence pack, and exit
	bin/arshjul demo --pack bin/pack-2028.zip
	bin/arshjul-verify bin/pack-2028.zip

oidctest: ## install the log-in service that the tests of logging in ask, into bin/ (from npm)
	@internal/login/oidctest/install.sh

test: deps browser oidctest build-temporal build ## run every test, on a real Postgres, a real Temporal and in a real browser, with the race detector
	ARSHJUL_BROWSER=must go test -race -p 2 -timeout 30m ./...

# How long soak goes on. SEED=n throws the same again; without it, another every time, and printed.
MINUTES = 30

soak: deps build-temporal ## break things at random for MINUTES=30 while people work, and look at what is left
	go test -run '^TestSoak$$' -count 1 -v -timeout 0 ./internal/faults -minutes $(MINUTES) $(if $(SEED),-seed $(SEED))

check: deps bin/tools/.built ## gofmt, vet, staticcheck, workflowcheck, import boundaries, what deploy/ holds
	@unformatted=$$("$$(go env GOROOT)/bin/gofmt" -l .) && if [ -n "$$unformatted" ]; then \
		echo "not formatted; run gofmt -w on:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	bin/tools/staticcheck ./...
	bin/tools/workflowcheck -config deploy/tools/workflowcheck.yaml ./...
	go test ./internal/boundary
	cd deploy/tools && go test ./deploycheck

bench: deps build-temporal build ## measure, beside a bare Temporal workflow; a table at the end says what was aimed at and met
	go test -run '^$$' -bench . -timeout 60m ./bench

pictures: deps browser build-temporal ## take the README's pictures anew, of exercises that are played
	ARSHJUL_BROWSER=must ARSHJUL_PICTURES=$(CURDIR)/docs/pictures go test -count=1 -run 'TestPictures$$' ./internal/server

clean: ## remove what builds in seconds; the Temporal server stays (rm -r bin removes it too)
	rm -rf bin/arshjul bin/arshjul-verify bin/tools

# The checkers have a module of their own, so that the product's stays small.
bin/tools/.built: deploy/tools/go.mod deploy/tools/go.sum
	@mkdir -p bin/tools
	cd deploy/tools && go build -o ../../bin/tools/ tool
	@touch $@
