# Each target sets up what it needs (program/scripts/setup).
.DEFAULT_GOAL := help
SCRIPTS := program/scripts

.PHONY: help setup sbf demo test linker lint fmt bench prove backtest clean

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

setup: ## What the host's builds need
	@$(SCRIPTS)/setup

sbf: setup ## Builds the SBF program into target/deploy
	@$(SCRIPTS)/sbf

demo: sbf ## The demo; ARGS=--json for data
	@cargo run --quiet --locked --package trestle-demo -- $(ARGS)

test: lint sbf linker ## Everything that must pass
	@$(SCRIPTS)/test

linker: setup ## Tests of the SBF linker
	@program/sbf-link/test

lint: setup ## Format and lints
	@$(SCRIPTS)/lint

fmt: ## Formats
	@cargo fmt --all

bench: sbf ## Measures compute units and rewrites the committed tables
	@cargo run --quiet --locked --package trestle-benches -- --write

clean: ## Removes everything built
	@rm -rf target fuzz/target

prove: ## Proofs of risk-math's integer algebra (z3)
	@$(SCRIPTS)/setup python
	@risk-math/proofs/run

backtest: setup ## The default parameters through the stress events
	@risk-math/backtest
