# Each target sets up what it needs (program/scripts/setup).
.DEFAULT_GOAL := help
SCRIPTS := program/scripts

.PHONY: help setup sbf demo test linker second-opinion planted prove lint fmt bench simulation backtest \
	fuzz fuzz-test fuzz-smoke mutants coverage clean

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

setup: ## What the host's builds need
	@$(SCRIPTS)/setup

sbf: setup ## Builds the SBF program, and the mock venues, into target/deploy
	@$(SCRIPTS)/sbf >&2

demo: sbf ## The demo; ARGS=--json for data
	@cargo run --quiet --locked --package trestle-demo -- $(ARGS)

test: lint sbf ## Everything that must pass
	@$(SCRIPTS)/test
	@$(MAKE) --no-print-directory linker second-opinion planted prove fuzz-test fuzz-smoke

linker: setup ## Tests of the SBF linker
	@program/sbf-link/test

second-opinion: setup ## Our Kamino and Switchboard layouts against their own crates
	@cargo test --quiet --locked --manifest-path venue-adapters/second-opinion/Cargo.toml

planted: setup ## Each property of risk-math catches the faults planted for it
	@$(SCRIPTS)/setup python
	@risk-math/mutants/run-planted

prove: ## Proofs of risk-math's integer algebra (z3)
	@$(SCRIPTS)/setup python
	@risk-math/proofs/run

lint: setup ## Format and lints
	@$(SCRIPTS)/lint

fmt: ## Formats
	@cargo fmt --all

bench: sbf ## Measures compute units and rewrites the committed tables
	@cargo run --quiet --locked --package trestle-benches --bin trestle-benches -- --write
	@cargo run --quiet --locked --package trestle-benches --bin primitives -- --write

simulation: sbf ## An hour of a crash on the SBF binary; rewrites benches/simulation.*
	@cargo run --quiet --locked --package trestle-simulation -- --write

backtest: setup ## The default parameters through the stress events
	@risk-math/backtest

fuzz: setup ## One fuzz target: TARGET=health_diff SECS=3600
	@fuzz/run $(or $(TARGET),list) $(SECS)

fuzz-test: setup ## The reference models against risk-math, without a fuzzer
	@cargo test --quiet --locked --manifest-path fuzz/Cargo.toml

fuzz-smoke: setup ## Every fuzz target for 20 s
	@fuzz/run smoke

mutants: setup ## cargo-mutants on risk-math, against the list of survivors (hours)
	@risk-math/mutants/run

coverage: setup ## Lines and branches of risk-math
	@$(SCRIPTS)/setup coverage
	@risk-math/coverage

clean: ## Removes everything built
	@rm -rf target fuzz/target venue-adapters/second-opinion/target
