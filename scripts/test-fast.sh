#!/bin/sh
# npm run test:fast: unit and architecture tests, which need neither a server nor anything but what npm installs.
set -e
cd "$(dirname "$0")/.."
. scripts/prepare.sh
choose_node
install_dependencies
TEST_SUITE=fast exec "$NODE" node_modules/vitest/vitest.mjs run "$@"
