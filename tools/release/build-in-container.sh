#!/bin/sh
# Run in the container of the release that has the C library for a binary: compiles it, and puts it into its package.
#   build-in-container.sh linux-x64-musl
set -eu
if command -v apk >/dev/null; then apk add --no-cache build-base cmake; fi
node tools/run.mjs exec node packages/core-c/scripts/build-native.mjs
node packages/core-c/scripts/stage-prebuilt.mjs "$1"
