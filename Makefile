# make          prints the targets
# make demo     is the place to start

export DOTNET_CLI_TELEMETRY_OPTOUT = 1
export DOTNET_NOLOGO = 1
export MSBUILDDISABLENODEREUSE = 1

DOTNET = dotnet
QUIET = --nologo --verbosity quiet -tl:off -c Release
SOLUTION = LeakySpanner.slnx
PROGRAM = src/LeakySpanner
PUBLISHED = artifacts/publish
FIGURES = startup sampling census race soak watch-cpu snapshot disturb shim sidecar-idle chaos cost allocations verdict logs fuzz scan scan-mutants

.DEFAULT_GOAL = help
.PHONY: help build native web demo test check bench publish wheel setup roots clean

help:
	@echo "make build    ./artifacts/leakyspanner, ready to run"
	@echo "make demo     a leaking shop under load, and its diagnosis"
	@echo "make test     fast tests and live tests against real services"
	@echo "make check    format, analyzers and fast tests"
	@echo "make bench    the figures in benchmarks/RESULTS.md"
	@echo "make publish  one self-contained file under $(PUBLISHED)"
	@echo "make wheel    a Python wheel under dist/, with that file as its command"
	@echo "make setup    Debian packages of samples and live tests (the others call it)"
	@echo "make roots    other Pythons for the live tests (3.9, 3.13, 3.14, 3.15), in artifacts/roots (test calls it)"
	@echo "make clean    removes everything that was built"

build: native web
	@$(DOTNET) build $(PROGRAM) $(QUIET)
	@mkdir -p artifacts
	@ln -sf ../scripts/leakyspanner artifacts/leakyspanner

# What is written in C goes into the executable, so that it is built first.
native:
	@$(MAKE) --no-print-directory -C agent
	@$(MAKE) --no-print-directory -C parser

# And so does what a browser shows.
web:
	@$(MAKE) --no-print-directory -C web

demo: setup build
	@scripts/demo

# Without roots their tests are skipped by name; in CI they fail.
test: setup build wheel
	@$(MAKE) --no-print-directory roots || [ "$$CI" != true ]
	@$(DOTNET) build $(SOLUTION) $(QUIET)
	@scripts/test LeakySpanner.Tests LeakySpanner.LiveTests

check: native web
	@$(DOTNET) build $(SOLUTION) $(QUIET)
	@$(DOTNET) format $(SOLUTION) --verify-no-changes --no-restore
	@scripts/test LeakySpanner.Tests

bench: setup publish
	@scripts/setup bench
	@$(DOTNET) build benchmarks/LeakySpanner.Benchmarks $(QUIET)
	@for figure in $(FIGURES); do \
		$(DOTNET) benchmarks/LeakySpanner.Benchmarks/bin/Release/net10.0/LeakySpanner.Benchmarks.dll $$figure || exit 1; done

# Publishing for one runtime must not rewrite the lock files of the ordinary build.
publish: native web
	@$(DOTNET) publish $(PROGRAM) $(QUIET) -r linux-x64 -p:PublishSingleFile=true \
		-p:DebugType=none -p:PublishDocumentationFiles=false -p:NuGetLockFilePath=obj/publish.lock.json -o $(PUBLISHED)

wheel: publish
	@scripts/wheel $(PUBLISHED)/leakyspanner dist

setup:
	@scripts/setup

roots: setup
	@scripts/roots

clean:
	@env -u LEAKYSPANNER_ROOTS scripts/roots --remove
	@rm -rf artifacts dist src/*/bin src/*/obj tests/*/bin tests/*/obj benchmarks/*/bin benchmarks/*/obj
