# Vangnet. `make run` opens the app on a demo workspace, `make test` tests it;
# both install what a fresh Debian or Ubuntu with Go and git lacks.

SHELL := /bin/bash
export GOFLAGS := -tags=migrated_fynedo -buildvcs=false
GO     ?= go
BUILD  := build
TOOLS  := $(BUILD)/tools
FUZZTIME ?= 5s

.PHONY: run programs test test-long check format vet lint race fuzz house windows bench screens tools clean setup

run: setup programs
	@bash .ci/show

programs: | $(BUILD)
	$(GO) build -o $(BUILD)/ ./cmd/...

# Everything a person would call the tests. The real servers that they talk to
# (MinIO, kopia) are built from their modules first.
test: setup tools
	$(GO) test -timeout 20m ./...

test-long: setup tools
	VANGNET_LONG=1 $(GO) test -timeout 3h ./...

check: setup tools format vet lint house race fuzz windows

format:
	@bad=$$(gofmt -l cmd engine store ui assets .ci/tools .ci/clients 2>/dev/null); \
	if [ -n "$$bad" ]; then echo "gofmt wants:"; echo "$$bad"; exit 1; fi

vet:
	$(GO) vet ./...

lint: $(TOOLS)/staticcheck
	$(TOOLS)/staticcheck ./...

# The race detector watches our own code and what shares data with it. What only
# computes, or is generated, would take two thirds of the time.
UNWATCHED := modernc.org/... github.com/microsoftgraph/... github.com/klauspost/... github.com/zeebo/... \
	golang.org/x/crypto/... crypto/internal/fips140/...

race:
	$(GO) test -race -short -timeout 30m $(patsubst %,'-gcflags=%=-race=false',$(UNWATCHED)) ./...

house:
	$(GO) test -count=1 -run TestHouse ./engine

# Every fuzz target for a few seconds; what it finds is kept under testdata/fuzz.
fuzz:
	@bash .ci/fuzz $(FUZZTIME)

windows: setup
	GOOS=windows GOARCH=amd64 CGO_ENABLED=1 CC=x86_64-w64-mingw32-gcc $(GO) build -o $(BUILD)/windows/ ./cmd/...

bench: setup tools
	$(GO) test -run '^$$' -bench . -benchtime 1x -timeout 2h ./engine/... ./store/...

screens: setup
	@bash .ci/screens

tools: $(TOOLS)/minio $(TOOLS)/kopia $(TOOLS)/pstdump

$(TOOLS)/staticcheck: .ci/tools/go.sum | $(TOOLS)
	GOFLAGS=-buildvcs=false $(GO) build -C .ci/tools -o ../../$@ honnef.co/go/tools/cmd/staticcheck
$(TOOLS)/minio: .ci/tools/go.sum | $(TOOLS)
	GOFLAGS=-buildvcs=false $(GO) build -C .ci/tools -o ../../$@ github.com/minio/minio
$(TOOLS)/kopia: .ci/tools/go.sum | $(TOOLS)
	GOFLAGS="-buildvcs=false -tags=nohtmlui" $(GO) build -C .ci/tools -o ../../$@ github.com/kopia/kopia
$(TOOLS)/pstdump: .ci/tools/go.sum $(wildcard .ci/tools/pstdump/*.go) | $(TOOLS)
	GOFLAGS=-buildvcs=false $(GO) build -C .ci/tools -o ../../$@ ./pstdump

$(BUILD) $(TOOLS):
	@mkdir -p $@

setup:
	@bash .ci/setup

clean:
	rm -rf $(BUILD) screens
