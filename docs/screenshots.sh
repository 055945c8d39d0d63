#!/bin/sh
# Makes docs/screenshots/*.svg anew from the real program, on a demo of its own.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/orabak-tui" .
export ORABAK_DEMO_DIR="$work/demo" TZ=UTC
"$work/orabak-tui" --demo --batch verify --deep >/dev/null
mkdir -p docs/screenshots
go run ./ui/internal/shots -exe "$work/orabak-tui" -demo "$work/demo" -to docs/screenshots
