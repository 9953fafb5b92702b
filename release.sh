#!/usr/bin/env bash
# Builds what people download: easel for six platforms, the licences of what is in
# it, and the sums of all files. The version is that of the commit's tag, as Go
# stamps it. The same commit and toolchain give the same bytes.
#
#     ./release.sh [DIR]      # dist unless given
set -euo pipefail
cd "$(dirname "$0")"
out=${1:-dist}
mkdir -p "$out"
out=$(cd "$out" && pwd)
export CGO_ENABLED=0

for os in linux darwin windows; do
  for arch in amd64 arm64; do
    name=easel-$os-$arch
    [ $os = windows ] && name=$name.exe
    echo "$name"
    GOOS=$os GOARCH=$arch go build -trimpath -ldflags="-s -w" -o "$out/$name" ./cmd/easel
  done
done

{
  echo "easel"
  echo
  cat LICENSE
  go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' ./cmd/easel | sort -u |
    while read -r path version dir; do
      printf '\n----\n%s %s\n\n' "$path" "$version"
      found=$(find "$dir" -maxdepth 1 -type f \( -iname 'licen[cs]e*' -o -iname 'copying*' \) | sort)
      [ -n "$found" ] || { echo "$path has no licence file" >&2; exit 1; }
      cat $found
    done
  printf '\n----\nuPlot, in the pages\n\n'
  cat internal/work/page/uplot/LICENSE.txt
  printf '\n----\nThe small network for style transfer\n\n'
  cat internal/model/weights/small/NOTICE.md
  printf '\n----\nGo'"'"'s standard library and runtime\n\n'
  cat "$(go env GOROOT)/LICENSE"
} > "$out/LICENSES.txt"

(cd "$out" && sha256sum easel-* LICENSES.txt > SHA256SUMS)
