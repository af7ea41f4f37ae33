#!/usr/bin/env bash
# The gate of a pipeline: runs the tests with tracing on and holds what they called against the baseline.
# Usage: bash gate.sh COMMAND..., the command that runs the tests. Exit: as the tests fail, else 0 no drift, 1 drift,
# 2 cannot be said. STRAYLINE: how the command is called. BASELINE: the baseline file. OUT: where reports go.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
strayline=${STRAYLINE:-strayline}
baseline=${BASELINE:-baseline.yaml}
out=${OUT:-gate}

rm -rf "$out/traces"
mkdir -p "$out/traces"
node "$here/record.mjs" "$out/traces" "$@"
$strayline check --baseline "$baseline" \
  --output markdown="$out/drift.md" \
  --output sarif="$out/drift.sarif" \
  --output junit="$out/drift.xml" \
  "$out"/traces/*
