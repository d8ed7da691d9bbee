# `make help` lists the targets: the text behind ## is what it prints.

GO      ?= $(firstword $(shell command -v go) $(wildcard /usr/local/go/bin/go) go)
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X main.release=$(VERSION)
# Each system once, each processor once; the machine's own is built anyway.
PLATFORMS := linux/arm64 darwin/arm64 windows/amd64

# Packages that are tested without the race detector: they draw, on one goroutine, and take minutes with it; or they are
# compiled with the C part of the window library, which would be compiled once more for it.
PLAIN := /ui/frametable /ui/glyph /ui/look /ui/textview /ui/payload /ui/editor /cmd/culvert-tray /bench/emptywindow

export GO
# The version comes from git describe; Go's own question to git fails in a tree that another user owns. One set of flags
# for building, checking and testing: the C part of the window takes minutes, and is so compiled once.
export GOFLAGS := $(GOFLAGS) -buildvcs=false -trimpath -tags=migrated_fynedo
# Debian's users do not look where its servers are.
export PATH := $(PATH):/usr/sbin:/sbin

.DEFAULT_GOAL := help
.PHONY: help build test run bench lint cross fmt clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build bin/culvert and bin/culvert-tray
	@.ci/install build
	CGO_ENABLED=0 $(GO) build -ldflags '$(LDFLAGS)' -o bin/culvert ./cmd/culvert
	@echo 'The desktop app comes next. Its first build compiles the window library: some minutes.'
	CGO_ENABLED=1 $(GO) build -ldflags '$(LDFLAGS)' -o bin/culvert-tray ./cmd/culvert-tray

test: ## install what the tests use, then check, test and cross-build everything
	@.ci/install test
	@$(MAKE) --no-print-directory lint cross build
	CGO_ENABLED=1 $(GO) test -race -timeout 30m $$($(GO) list ./... | grep -v $(PLAIN:%=-e %$$))
	CGO_ENABLED=1 $(GO) test -timeout 20m $$($(GO) list ./... | grep $(PLAIN:%=-e %$$))

run: ## install what is missing, build, trust the local CA and start the desktop app
	@.ci/install run
	@$(MAKE) --no-print-directory build
	@echo 'Culvert now has your browsers, this system and its Javas trust a certificate authority of its own, for names of'
	@echo 'this machine only. The system part belongs to root: sudo may ask. bin/culvert untrust takes it all back.'
	@bin/culvert trust || echo 'Not everything trusts it; the lines above say what to do. Starting all the same.'
	@bin/culvert-tray || { [ $$? = 3 ] && exec bin/culvert run; }

bench: ## compare with HAProxy, nginx and Caddy, and measure the window (ARGS=window); ARGS=-help lists the options
	@.ci/install bench
	@$(MAKE) --no-print-directory build
	$(GO) run ./cmd/internal/bench $(ARGS)

lint: ## check form and correctness: gofumpt, go vet for each system, staticcheck
	@unformatted=$$($(GO) tool gofumpt -l .); \
	if [ -n "$$unformatted" ]; then echo "not formatted (run make fmt):"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	@$(call each,vet $$($(GO) list -deps -f '{{with .Module}}{{if .Main}}{{$$.ImportPath}}{{end}}{{end}}' ./cmd/culvert ./cmd/internal/desktop))

# Not in the list: a part of test.
cross:
	@$(call each,build -o /dev/null ./cmd/culvert)

# each runs a go command for each platform.
each = set -e; export CGO_ENABLED=0; for platform in $(PLATFORMS); do \
	export GOOS=$${platform%/*} GOARCH=$${platform\#*/}; echo "$(GO) $(firstword $(1)) for $$platform"; $(GO) $(1); done

fmt: ## format the Go code
	$(GO) tool gofumpt -w .

clean: ## remove what was built
	rm -rf bin
