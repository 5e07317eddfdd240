#!/bin/sh
# npm test: builds, checks the sources, and runs the tests of every change against real servers. Arguments go to vitest: with the path of
# a test file that file runs, whichever suite it belongs to. Debian's packages that these tests cannot do without are installed.
set -e
cd "$(dirname "$0")/.."
. scripts/debian-packages.sh
missing=$(missing_of $usual_packages)
[ -z "$missing" ] || install_packages $missing
. scripts/test-tools.sh
"$NODE" node_modules/@biomejs/biome/bin/biome check --error-on-warnings .
"$NODE" node_modules/typescript/bin/tsc -p test
"$NODE" node_modules/typescript/bin/tsc -p web
# knip: no unused code, and no packages that package.json does not name
"$NODE" node_modules/knip/bin/knip.js
[ $# -eq 0 ] || export TEST_SUITE=all
exec "$NODE" node_modules/vitest/vitest.mjs run "$@"
