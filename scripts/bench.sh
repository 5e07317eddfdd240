#!/bin/sh
# npm run bench -- NAME: installs and builds when needed, then executes the bench.
set -e
cd "$(dirname "$0")/.."
. scripts/prepare.sh
prepare
exec "$NODE" bench/main.mjs "$@"
