#!/bin/sh
# npm run test:storm -- [--messages N] [--broker-kills N] [--server-kills N] [--seed N]: a long test that sends kill -9 to broker and server.
set -e
cd "$(dirname "$0")/.."
STORM_MESSAGES=1000
STORM_BROKER_KILLS=10
STORM_SERVER_KILLS=5
while [ $# -gt 0 ]; do
  case $1 in
    --messages) STORM_MESSAGES=$2; shift 2 ;;
    --broker-kills) STORM_BROKER_KILLS=$2; shift 2 ;;
    --server-kills) STORM_SERVER_KILLS=$2; shift 2 ;;
    --seed) export STORM_SEED="$2"; shift 2 ;;
    *) echo 'usage: npm run test:storm -- [--messages N] [--broker-kills N] [--server-kills N] [--seed N]' >&2; exit 2 ;;
  esac
done
export STORM_MESSAGES STORM_BROKER_KILLS STORM_SERVER_KILLS
. scripts/prepare.sh
prepare
TEST_SUITE=all exec "$NODE" node_modules/vitest/vitest.mjs run test/storm
