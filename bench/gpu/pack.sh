#!/usr/bin/env bash
# Packs one sitting on a machine that has a GPU, but neither Go nor a network:
#
#   bash bench/gpu/pack.sh sitting [PAIRS]
#
# makes the folder sitting, below 60 MB, with everything that session.py needs: easel
# built with -tags xla, the tests that compare a plugin with PyTorch, the scripts, and
# a folder of pairs to train on. On that machine: python3 sitting/bench/gpu/session.py results
set -euo pipefail
cd "$(dirname "$0")/../.."
out=${1:?where to pack} pairs=${2:-}
mkdir -p "$out"
out=$(cd "$out" && pwd)
[ -z "$(ls -A "$out")" ] || { echo "$out is not empty" >&2; exit 1; }
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

# As in the repository, because tests read testdata/ beside them.
build() { GOOS=linux GOARCH=amd64 CGO_ENABLED=1 go "$@"; }
build build -tags xla -trimpath -ldflags '-s -w' -o "$tree/easel" ./cmd/easel
for room in internal/engine/xla internal/model/pix2pix internal/work/train; do
  mkdir -p "$tree/$room"
  build test -tags xla -trimpath -ldflags '-s -w' -c -o "$tree/$room/room.test" "./$room"
  [ ! -d "$room/testdata" ] || cp -r "$room/testdata" "$tree/$room/"
done
mkdir -p "$tree/internal/engine/conformance" "$tree/bench"
cp -r internal/engine/conformance/testdata "$tree/internal/engine/conformance/"
cp bench/*.py "$tree/bench/"
cp -r bench/gpu "$tree/bench/"
[ -z "$pairs" ] || cp -rL "$pairs" "$tree/pairs"

# Binaries are a quarter of their size when compressed; the rest stays as it is.
(cd "$tree" && tar -c easel internal/*/*/room.test | xz -T0 -6 > binaries.tar.xz && rm easel internal/*/*/room.test)
cp -r "$tree"/. "$out"/
du -sh "$out"
[ "$(du -sm "$out" | cut -f1)" -lt 60 ] || { echo "$out has more than 60 MB" >&2; exit 1; }
