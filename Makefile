.PHONY: build test lint ci bench

build:
	go build ./cmd/easel

test:
	go test ./...

lint:
	gofmt -l . && go vet ./... && golangci-lint run

ci:
	bash .ci/run

bench:
	go run ./cmd/easel bench
