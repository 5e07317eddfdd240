#!/bin/sh
# npm run test:release: packages, containers, other web servers, compilers, archives of clients (test/suites.ts), and other versions of Node.
# npm run test:setup -- --release installs what these tests need. Arguments go to vitest.
set -e
cd "$(dirname "$0")/.."
. scripts/test-tools.sh
TEST_SUITE=release "$NODE" node_modules/vitest/vitest.mjs run "$@"
exec sh scripts/test-nodes.sh
