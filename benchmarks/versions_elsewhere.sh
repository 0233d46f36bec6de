#!/bin/sh
# Train in one clone and environment, copy the workspace, reproduce in another clone and
# environment: identical hashes. Takes some minutes, needs the package index.
# Run: sh benchmarks/versions_elsewhere.sh [MODEL ...]
set -eu
root=$(git rev-parse --show-toplevel)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
models=${*:-$(cd "$root/models" && ls -- *.toml | sed 's/\.toml$//')}
git clone -q "$root" "$work/here"
git clone -q "$work/here" "$work/elsewhere" # the same revision, whatever happens in the original
for place in here elsewhere; do
    mkdir "$work/home-$place"
    HOME="$work/home-$place" make -s -C "$work/$place" setup
done
cd "$work/here"
.venv/bin/python -c "
from pathlib import Path
from forecast.dataroom import intake
from forecast.workspace import Workspace
intake.demo(Workspace(Path('$work/workspace')))"
# shellcheck disable=SC2086  # the list is meant to be split
.venv/bin/forecast train $models --workspace "$work/workspace"
mkdir "$work/another place"
cp -r "$work/workspace" "$work/another place/æøå"
rm -rf "$work/workspace" "$work/here"
cd "$work/elsewhere"
for model in $models; do
    .venv/bin/forecast models reproduce "$model" --workspace "$work/another place/æøå"
done
