#!/bin/sh
# npm run test:setup: installs what the tests need, a browser included; -- --release: what those of a release need too, compilers, containers,
# Lighthouse, linters and a conformance suite among it. --list: only lists the packages. SKIP="rustc chromium" leaves packages out: the tests that need
# them then fail and name what is missing.
set -e
cd "$(dirname "$0")/.."
. scripts/debian-packages.sh
wanted="$usual_packages $long_packages"
for option; do
  case $option in
    --list) list_only=yes ;;
    --release) wanted="$wanted $release_packages" release=yes ;;
    *) echo "test:setup: unknown option $option" >&2; exit 2 ;;
  esac
done
set_up 'the tests need' 'npm test needs none of the compilers' $wanted
if [ "${release:-}" = yes ] && [ "${list_only:-}" != yes ]; then
  for folder in lighthouse openapi-linters; do
    npm ci --prefix test/$folder --ignore-scripts --no-fund --no-audit --loglevel=error
  done
  # 145 MB: the conformance suite of the Model Context Protocol. Not npm ci: it refuses the lock file, since an optional dependency that Vite has on
  # Windows is not in the registry
  npm install --no-save --prefix test/mcp-conformance --ignore-scripts --no-fund --no-audit --loglevel=error
fi
