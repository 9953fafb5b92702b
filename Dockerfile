# easel alone, in an image that has nothing else: about 35 MB, or 80 MB with object stores.
#
#     docker build -t easel .
#     docker build -t easel --build-arg TAGS=cloud .
#     docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/work" easel translate --model facades.safetensors --out photos labels
# The toolchain is pinned, as modules are by go.sum: the same commit gives the same program.
FROM golang:1.26.8 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG TAGS=
RUN CGO_ENABLED=0 GOTOOLCHAIN=local go build -tags "$TAGS" -trimpath -ldflags="-s -w" -o /easel ./cmd/easel

FROM scratch
# For easel weights fetch and easel backends install, which ask servers by TLS.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /easel /easel
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/easel"]
