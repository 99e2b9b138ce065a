# make help says what there is. Everything needs Go alone but peers, which
# targets/setup prepares, and a few tests that want a browser or tshark.
SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.NOTPARALLEL:
.DEFAULT_GOAL := help

FUZZTIME ?= 10s

.PHONY: help
help: ## what there is to make
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 16

.PHONY: build
build: ## the commands, into bin/: static, so that they run, and start faster, wherever they are put
	CGO_ENABLED=0 go build -o bin/ ./cmd/...

.PHONY: test
test: setup lint unit selftest cases cases-tls cases-proxy cases-proxy-tls peers ## everything that CI plays

.PHONY: lint
lint: ## gofmt, go vet, staticcheck, shellcheck where it is there
	@files=$$(gofmt -l .); if [[ -n $$files ]]; then echo "not gofmt'ed: $$files"; exit 1; fi
	go vet ./...
	go tool staticcheck ./...
	@if command -v shellcheck >/dev/null; then shellcheck .ci/run .ci/proxied targets/setup targets/play targets/nginx/start; fi

.PHONY: unit
unit: ## every Go test, with the race detector; what failed is said once more at the end
	@mkdir -p .cache
	go test -race -timeout 25m ./... 2>&1 | tee .cache/unit.log || { \
	  echo "what failed:"; \
	  grep -E -A3 '^ *--- FAIL|_test\.go:[0-9]+: |^panic: |^FAIL|DATA RACE' .cache/unit.log | grep -v '^ok' | head -60; exit 1; }

.PHONY: selftest
selftest: build ## prove that every rule can be seen broken
	bin/wsprobe selftest

.PHONY: cases
cases: build ## play the cases against the bundled server
	bin/wsprobe run cases/

.PHONY: cases-tls
cases-tls: build .cache/tls/cert.pem ## the same over TLS
	bin/wsprobe run cases/ --url 'wss://127.0.0.1:{port}/echo' --cacert .cache/tls/cert.pem \
	  --start 'bin/chatserver --addr 127.0.0.1:{port} --cert .cache/tls/cert.pem --key .cache/tls/key.pem'

.PHONY: cases-proxy
cases-proxy: build ## the same with wsproxy between
	bin/wsprobe run cases/ --url 'ws://127.0.0.1:{port}/echo' --start '.ci/proxied {port}'

.PHONY: cases-proxy-tls
cases-proxy-tls: build .cache/tls/cert.pem ## the same with TLS on both sides of wsproxy
	bin/wsproxy ca --ca-dir .cache/tls/ca --export .cache/tls/proxy.pem
	bin/wsprobe run cases/ --url 'wss://127.0.0.1:{port}/echo' --cacert .cache/tls/proxy.pem \
	  --start '.ci/proxied {port} .cache/tls/cert.pem .cache/tls/key.pem'

# The program that makes them comes with Go.
.cache/tls/cert.pem:
	mkdir -p $(@D)
	cd $(@D) && go run "$$(go env GOROOT)/src/crypto/tls/generate_cert.go" \
	  --host localhost,127.0.0.1 --ecdsa-curve P256 --duration 87600h

.PHONY: setup
setup: ## install what peers and some tests need, where it may
	targets/setup

.PHONY: peers
peers: build setup ## play the cases against servers that nobody here wrote
	targets/play

.PHONY: matrix
matrix: build setup ## those servers side by side: targets/results.json, targets/matrix.html
	rm -f .cache/peers/*.json
	-targets/play
	bin/wsprobe report --quiet .cache/peers/*.json --report json=targets/results.json --report html=targets/matrix.html

.PHONY: picture
picture: ## docs/wsproxy.png, the web view as it looks now
	mkdir -p .cache/shots
	go test -count 1 -run TestWebView ./cmd/wsproxy -shots $(CURDIR)/.cache/shots
	cp .cache/shots/wsproxy.png docs/

.PHONY: bench
bench: ## every benchmark, once
	go test -run '^$$' -bench . -benchmem ./...

.PHONY: bench-run
bench-run: build ## what whole runs cost wsprobe and the gorilla peer: time, processor, memory
	go build -o bin/peers/ ./targets/go/gorilla
	go run ./targets/bench bin/wsprobe bin/peers/gorilla $(VOLUME)

.PHONY: bench-proxy
bench-proxy: build ## wsproxy beside other proxies: time, throughput, memory; PEERS="nginx HAProxy" chooses, ROUNDS=5
	go build -o bin/ ./targets/benchproxy
	bin/benchproxy -peers "$(PEERS)" -rounds $(or $(ROUNDS),5) bin/wsproxy

.PHONY: bench-read
bench-read: build ## wsproxy and tshark reading the same captures: MB/s
	go run ./targets/benchread bin/wsproxy

.PHONY: fuzz
fuzz: ## each fuzz target for FUZZTIME (10s)
	@for package in $$(go list ./...); do \
	  for target in $$(go test -list '^Fuzz' "$$package" | grep '^Fuzz' || true); do \
	    echo "$$package $$target"; \
	    go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$package"; \
	  done; \
	done

# What each target in C or C++ is built with.
bin/peers/civetweb: FLAGS = -lcivetweb
bin/peers/libwebsockets: FLAGS = -lwebsockets
bin/peers/libsoup: FLAGS = $(shell pkg-config --cflags --libs libsoup-3.0)
bin/peers/beast: FLAGS = -std=c++20 -pthread
bin/peers/websocketpp: FLAGS = -pthread -lz
bin/peers/qt: FLAGS = -fPIC $(shell pkg-config --cflags --libs Qt5WebSockets)

bin/peers/%: targets/c/%.c
	@mkdir -p $(@D)
	$(CC) -O2 -Wall -Wextra -o $@ $< $(FLAGS)

bin/peers/%: targets/cpp/%.cpp
	@mkdir -p $(@D)
	$(CXX) -O1 -Wall -Wextra -o $@ $< $(FLAGS)

# A target in Java is its classes and a script that starts them, soon rather than to run for long.
bin/peers/tomcat: JARS = $(addprefix tomcat10-,annotations-api api catalina coyote jaspic-api jni \
	juli servlet-api util util-scan websocket websocket-api websocket-client-api)
bin/peers/jetty: JARS = servlet-api $(addprefix jetty9-,http io security server servlet util \
	websocket-api websocket-common websocket-server websocket-servlet)
bin/peers/netty: JARS = jctools-core jzlib $(addprefix netty-,buffer codec codec-http common \
	handler resolver transport)

bin/peers/%: CLASSES = $(abspath $@.classes)
bin/peers/%: CLASSPATH = $(subst $() ,:,$(CLASSES) $(JARS:%=/usr/share/java/%.jar))
bin/peers/%: targets/java/%.java
	@mkdir -p $(CLASSES)
	javac -d $(CLASSES) -cp $(CLASSPATH) $<
	@printf '#!/bin/sh\nexec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp %s Main "$$@"\n' $(CLASSPATH) >$@
	@chmod +x $@
