#!/bin/sh
# npm run test:crash -- [--kills N] [--seed N]: a long test that sends kill -9 to server and launcher at random moments.
set -e
cd "$(dirname "$0")/.."
CRASH_KILLS=200
while [ $# -gt 0 ]; do
  case $1 in
    --kills) CRASH_KILLS=$2; shift 2 ;;
    --seed) export CRASH_SEED="$2"; shift 2 ;;
    *) echo 'usage: npm run test:crash -- [--kills N] [--seed N]' >&2; exit 2 ;;
  esac
done
export CRASH_KILLS
. scripts/prepare.sh
prepare
TEST_SUITE=all exec "$NODE" node_modules/vitest/vitest.mjs run test/crash
