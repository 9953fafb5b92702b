.PHONY: build test lint ci bench release

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
