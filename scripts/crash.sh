#!/bin/sh
# npm run test:crash -- [--kills N] [--points N] [--seed N]: a long test that sends kill -9 to server and launcher at random
# moments, and ends the server at every point between write, commit, answer and launch.
set -e
cd "$(dirname "$0")/.."
CRASH_KILLS=200
CRASH_POINTS=500
while [ $# -gt 0 ]; do
  case $1 in
    --kills) CRASH_KILLS=$2; shift 2 ;;
    --points) CRASH_POINTS=$2; shift 2 ;;
    --seed) export CRASH_SEED="$2"; shift 2 ;;
    *) echo 'usage: npm run test:crash -- [--kills N] [--points N] [--seed N]' >&2; exit 2 ;;
  esac
done
export CRASH_KILLS CRASH_POINTS
. scripts/prepare.sh
prepare
TEST_SUITE=all exec "$NODE" node_modules/vitest/vitest.mjs run test/crash
