# The targets below are listed by `make help`; the text behind ## is what it prints.

GO      ?= go
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X main.version=$(VERSION)

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## build bin/culvert
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/culvert ./cmd/culvert

.PHONY: fmt
fmt: ## format the Go code
	$(GO) tool gofumpt -w .

.PHONY: clean
clean: ## remove what was built
	rm -rf bin
