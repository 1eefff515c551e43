# What a person types. Each line calls a program of this repository; `tests/cluster/README.md` says what it does.
.DEFAULT_GOAL := help
CLUSTER := cargo run --quiet --package assayer-cluster --
# One feature set for every build, so that nothing is compiled twice: of one package alone, a crate has fewer.
CARGO_BUILD := cargo build --workspace --quiet
CARGO_TEST := cargo test --workspace --quiet
# No document has a test in it, and looking for some takes longer than many a suite.
UNIT := $(CARGO_TEST) --tests
SCENARIO := $(CARGO_TEST) --features assayer-suites/processes,assayer-suites/cluster
# What a scenario says last is why it failed, not where in the test's runtime.
export RUST_LIB_BACKTRACE := 0

help: ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 12

up: ## install everything on a real cluster and wait until the sample bots have proof
	@$(CLUSTER) installation up

down: ## remove everything that `make up` made
	@$(CLUSTER) installation down

redeploy: ## put one changed process into the running cluster: make redeploy P=gateway
	@$(CLUSTER) installation redeploy $(P)

psql: ## read-only SQL: make psql, or make psql ARGS='-c "select 1"'
	@$(CLUSTER) installation psql -- $(ARGS)

check: format lint generated unit chart ## seconds: format, lints, generated files, unit tests

test: deps ## everything, on a real cluster
	@$(MAKE) --no-print-directory --jobs=2 programs ours
	@$(MAKE) --no-print-directory chart
	@$(BESIDE) acceptance integrations crashes unit $(SUITES)

deps:
	$(CLUSTER) deps

# Kubernetes and the like, which Go compiles once while Rust compiles ours: it fills what that leaves idle. By its own path, since cargo
# would have it wait for the other's lock.
programs:
	@nice -n 19 target/debug/cluster build > /dev/null

ours:
	@MAKEFLAGS= $(MAKE) --no-print-directory format lint generated built

# Modules that a macro declares are none that cargo finds.
BY_MACRO := $(wildcard $(addsuffix /*.rs,operator/providers/src operator/providers/tests/stand_ins tests/stand-ins/src) \
	$(addsuffix /*/mod.rs,operator/providers/src tests/stand-ins/src))
format:
	cargo fmt --all --check
	@rustfmt --check --edition 2024 $(BY_MACRO)

lint:
	cargo clippy --workspace --all-targets --all-features --quiet -- --deny warnings
	$(CLUSTER) console --check
	shellcheck .ci/run tests/sqlx-prepare tests/cluster/*.sh

generated: writers
	target/debug/crdgen --check
	target/debug/assayer-operator openapi --check operator/openapi.json
	target/debug/assayer-operator runbook --check docs/runbook.md
	target/debug/assayer-operator values --check charts/assayer/values.yaml

writers:
	$(CARGO_BUILD) --bin crdgen --bin assayer-operator

# More at once than there are cores: most of them wait for Postgres or for a clock. Each has a database of its own, which a
# template with the schema makes in a fifth of the time that the migrations take.
unit:
	$(CARGO_BUILD) --bin assayer-operator
	MAKEFLAGS= RUST_TEST_THREADS=6 $(CLUSTER) api run -- sh -ec 'PGDATABASE=template1 target/debug/assayer-operator migrate; $(UNIT)'

chart:
	@PATH="$$($(CLUSTER) build):$$PATH"; set -e; for values in values.yaml values-dev.yaml; do \
		helm lint --quiet --strict charts/assayer --values charts/assayer/$$values; \
		helm template assayer charts/assayer --namespace assayer --values charts/assayer/$$values > /dev/null; \
	done; \
	external="--set externalSecrets.enabled=true"; render="helm template assayer charts/assayer --namespace assayer"; \
	$$render $$external --set externalSecrets.store.name=vault --show-only templates/external-secrets.yaml 2> /dev/null \
		| grep -q 'property: TRADOVATE_SEC'; \
	! $$render $$external > /dev/null 2>&1; \
	oidc="--set api.oidc.issuer=https://sso.example --set api.externalUrl=https://assayer.example"; \
	$$render $$oidc --set api.oidc.clientId=assayer 2> /dev/null | grep -q 'ASSAYER_OIDC_ISSUER, value: "https://sso.example"'; \
	! $$render $$oidc > /dev/null 2>&1; \
	! $$render --set api.oidc.issuer=https://sso.example --set api.oidc.clientId=assayer --set ingress.enabled=false > /dev/null 2>&1; \
	! $$render --set standIns.enabled=true > /dev/null 2>&1; \
	! $$render --set api.anonymousRead=true > /dev/null 2>&1; \
	! $$render --set allowSimFallback=true > /dev/null 2>&1; \
	test "$$($$render --set environment=dev --set allowSimFallback=true 2> /dev/null \
		| grep -cE 'ALLOW_SIM_FALLBACK, value: "true"|== .dev. && true\)')" = 4; \
	! $$render | grep -E 'ALLOW_SIM_FALLBACK, value: "true"|&& true\)'

# These wait most of their time, so they run beside each other, the longest first; each has an API server and a Postgres of its own.
SUITES := integrations crashes processes faults browser control feeds research
BESIDE := $(MAKE) --no-print-directory --jobs=3
scenarios: built ## every process as a plain process, against a real API server and Postgres
	@$(BESIDE) $(SUITES)

built:
	$(CARGO_BUILD)
	@$(CLUSTER) console > /dev/null
	$(SCENARIO) --no-run
	$(UNIT) --no-run

console: ## check and build the web console, into operator/console/dist
	$(CLUSTER) console --check
	$(CLUSTER) console

screenshots: built ## every page of the console in every state, light and dark, wide and narrow, into evidence/screenshots
	ASSAYER_SCREENSHOTS=$(CURDIR)/evidence/screenshots $(CLUSTER) api run -- $(SCENARIO) --test browser -- --nocapture

$(SUITES):
	@MAKEFLAGS= $(CLUSTER) api run -- $(SCENARIO) --test $@ -- --nocapture

evidence: ## from no key to a Bot's use on the cluster of `make up`: every command, output and trace id, into evidence/README.md
	$(CARGO_BUILD) --bin assayer-evidence
	$(CLUSTER) run -- target/debug/assayer-evidence

soak: ## many crashes at seeded moments; ASSAYER_SEED=… repeats a run
	$(CARGO_BUILD)
	ASSAYER_CRASHES=$${ASSAYER_CRASHES:-200} \
		$(CLUSTER) api run -- $(SCENARIO) --test crashes -- --nocapture

scale: built ## a thousand Bots and room for eight: fair, within budgets, and how long a run of the planner takes
	@$(CLUSTER) api run -- $(SCENARIO) --test scale -- --nocapture

crowd: built ## ten thousand Bots in the console: when a page can be used, and dropped frames
	@$(CLUSTER) api run -- $(SCENARIO) --test crowd -- --nocapture

endurance: ## five Bots on a real node, left alone for a quarter of an hour; then its pods are killed
	$(CLUSTER) run -- sh -c '$(CLUSTER) installation up && $(SCENARIO) --test endurance -- --nocapture'

acceptance: ## the same, installed with Helm on a real node
	@MAKEFLAGS= $(CLUSTER) run -- sh -c '$(CLUSTER) installation up && $(SCENARIO) --test cluster --test outages -- --nocapture --test-threads=8'

# On one core, the last, which its peers inherit; their packages come from the index and are kept outside of the checkout.
bench: ## this engine against vectorbt, backtesting.py and nautilus_trader: same bars and rules, equal to the cent
	cargo build --release --quiet --package assayer-bench
	taskset --cpu-list $$(($$(nproc --all) - 1)) target/release/assayer-bench

FUZZ := $(CURDIR)/target/fuzz
fuzz: ## vendors' answers as an enemy would write them; ASSAYER_FUZZ_SECONDS=… for longer
	@mkdir -p $(FUZZ)/corpus-answers
	@command -v cargo-fuzz > /dev/null || cargo install --quiet --locked cargo-fuzz
	ASSAYER_CORPUS=$(FUZZ)/corpus-answers cargo test --quiet --package assayer-providers --test stand_ins
	for target in answers live; do mkdir -p $(FUZZ)/corpus-$$target; \
		cargo fuzz run --sanitizer none --fuzz-dir tests/fuzz --target-dir $(FUZZ) $$target $(FUZZ)/corpus-$$target -- \
			-max_total_time=$${ASSAYER_FUZZ_SECONDS:-60} -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=256 -max_len=1048576 \
			-print_final_stats=1 || exit 1; done

crds: writers ## write crds/yaml from the Rust types
	target/debug/crdgen

openapi: writers ## write operator/openapi.json from the API's own types
	target/debug/assayer-operator openapi operator/openapi.json

runbook: writers ## write the tables of docs/runbook.md from the registry of providers and the reasons' entries
	target/debug/assayer-operator runbook docs/runbook.md

values: writers ## write what the chart's values say of providers from their registry
	target/debug/assayer-operator values charts/assayer/values.yaml

sqlx: ## refresh the compile-time cache of the SQL macros
	$(CLUSTER) api run -- tests/sqlx-prepare

.PHONY: programs writers ours console screenshots evidence help deps up down redeploy psql check test format lint generated unit chart scenarios built $(SUITES) soak scale crowd bench fuzz endurance acceptance crds openapi runbook values sqlx
