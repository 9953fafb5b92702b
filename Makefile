.PHONY: build test lint ci bench release module

build:
	go build ./cmd/easel

test:
	go test ./...

lint:
	test -z "$$(gofmt -l .)" && go vet ./... && golangci-lint run

ci:
	bash .ci/run

bench:
	go run ./cmd/easel bench

release:
	./release.sh

# Another path for the module, in all files that name it: make module M=example.org/easel
OLD = $(shell go list -m)
module:
	git grep -lE '(^|[^[:alnum:]./_-])$(OLD)\b' -- '*.go' '*.mod' '*.md' .golangci.yml | xargs env M="$(M)" OLD="$(OLD)" perl -pi -e ' \
	  s{(?<![\w./-])\Q$$ENV{OLD}\E/(?=(?:internal|client)\b)}{$$ENV{M}/}g; \
	  s{^(\s*(?:import )?(?:\w+ )?")\Q$$ENV{OLD}\E"$$}{$$1$$ENV{M}"}; \
	  s{(\$$gostd, )\Q$$ENV{OLD}\E(?=[,\]])}{$$1$$ENV{M}}; \
	  s{^(module |replace |\t)\Q$$ENV{OLD}\E(?=$$| v0| =>)}{$$1$$ENV{M}} if $$ARGV =~ /go.mod$$/'
	gofmt -w .
	go generate .
