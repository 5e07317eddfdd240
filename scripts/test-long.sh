#!/bin/sh
# npm run test:long: restarts and kills, gigabytes, full disks, a browser (test/suites.ts). npm run test:setup installs what
# these tests need. Arguments go to vitest.
set -e
cd "$(dirname "$0")/.."
. scripts/test-tools.sh
TEST_SUITE=long exec "$NODE" node_modules/vitest/vitest.mjs run "$@"
