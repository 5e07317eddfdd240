#!/bin/sh
# npm run test:nodes: tests what depends on Node itself (files, launchers, processes, code) on the oldest supported line and on the newest;
# -- 22: on this one only.
# npm run test:setup installs what these tests need.
set -e
cd "$(dirname "$0")/.."
. scripts/test-tools.sh
architecture=$("$NODE" -p process.arch)
both='test/contracts/input test/contracts/output test/contracts/native test/contracts/child test/worker-library test/e2e/standard-streams'
# what a newer Node may change
newer='test/e2e/invisible-restarts'
# what an older one may lack
older='test/launcher/outlive test/security/run-files test/e2e/run-files test/e2e/safe-output test/e2e/process-variants'
for line in ${*:-22 26}; do
  node=$PWD/test/nodes/node_modules/node-$line-$architecture/bin/node
  echo "On Node.js $("$node" --version):"
  PATH=$(dirname "$node"):$PATH TEST_SUITE=all "$node" node_modules/vitest/vitest.mjs run $both $([ $line = 26 ] && echo $newer || echo $older)
done
