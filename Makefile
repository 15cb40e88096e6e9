# jurat: `make run` sets up, builds, initialises and serves; `make test` sets up and runs every test.
SHELL := /bin/bash
.DEFAULT_GOAL := help
SWIFT_BUILD := swift build -c release --static-swift-stdlib
JURAT := .build/release/jurat
RUN_DIRECTORY ?= .
FUZZ_SECONDS ?= 10

.PHONY: help setup setup-test build run test test-swift test-end-to-end bench eval fuzz lint format docs clean

help: ## what each target does
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:
	@scripts/setup build

setup-test:
	@scripts/setup test

build: setup ## the release binary, .build/release/jurat
	@$(SWIFT_BUILD) --product jurat 2>&1 | scripts/quiet-build

run: build ## set up, build, initialise here when needed, serve
	@cd $(RUN_DIRECTORY) && $(CURDIR)/$(JURAT) init && exec $(CURDIR)/$(JURAT) serve

test: setup-test build test-swift test-end-to-end ## set up and run every test

test-swift: setup-test ## the Swift tests alone
	@swift build --build-tests 2>&1 | scripts/quiet-build
	@scripts/swift-tests

test-end-to-end: setup-test build ## real clients against the real binary
	@.tools/venv/bin/python -m pytest Tests/EndToEndTests -q -p no:cacheprovider

bench: setup-test build ## serving, log, advisories, analysis, listings and differences, each beside something known in the same run (minutes)
	@.tools/venv/bin/python Benchmarks/serving.py --jurat $(JURAT)
	@$(SWIFT_BUILD) --product log-benchmark 2>&1 | scripts/quiet-build
	@.build/release/log-benchmark 200000
	@$(SWIFT_BUILD) --product advisory-benchmark 2>&1 | scripts/quiet-build
	@.tools/venv/bin/python Benchmarks/advisories.py --benchmark .build/release/advisory-benchmark
	@$(SWIFT_BUILD) --product analysis-benchmark 2>&1 | scripts/quiet-build
	@.tools/venv/bin/python Benchmarks/analysis.py --jurat $(JURAT) --benchmark .build/release/analysis-benchmark
	@$(SWIFT_BUILD) --product listing-benchmark 2>&1 | scripts/quiet-build
	@.build/release/listing-benchmark
	@$(SWIFT_BUILD) --product difference-benchmark 2>&1 | scripts/quiet-build
	@.tools/venv/bin/python Benchmarks/differences.py --benchmark .build/release/difference-benchmark

eval: setup-test build ## how many honest packages the static analyzer would hold, each with its cause
	@.tools/venv/bin/python Tests/Evaluation/evaluate.py --jurat $(JURAT)
	@$(SWIFT_BUILD) --product history-benchmark 2>&1 | scripts/quiet-build
	@.tools/venv/bin/python Tests/Evaluation/histories.py --benchmark .build/release/history-benchmark --jurat $(JURAT)

fuzz: setup ## every fuzzer on its kept corpus, FUZZ_SECONDS each
	@scripts/fuzz $(FUZZ_SECONDS)

lint: ## formatting and house rules
	@swift format lint --strict --recursive --parallel Sources Tests Benchmarks Package.swift
	@bash -n scripts/setup scripts/quiet-build scripts/swift-tests scripts/fuzz .ci/run
	@echo "lint: clean"

format: ## rewrite sources in the house format
	@swift format --in-place --recursive --parallel Sources Tests Benchmarks Package.swift

docs: build ## regenerate the manual's generated tables
	@$(JURAT) documentation refusals > docs/refusals.md
	@$(JURAT) documentation rules > docs/rules.md

clean: ## remove build products and test tools; data stays
	@rm -rf .build .tools
