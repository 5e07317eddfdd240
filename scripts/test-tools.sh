# Builds, and fetches the further versions of Node that tests start; sourced from the project's folder.
. scripts/prepare.sh
prepare
if [ ! -f test/nodes/node_modules/.package-lock.json ] || [ test/nodes/package-lock.json -nt test/nodes/node_modules/.package-lock.json ]; then
  npm ci --prefix test/nodes --ignore-scripts --include=optional --no-fund --no-audit --loglevel=error
fi
