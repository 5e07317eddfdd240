#!/bin/sh
# npm run test:setup: installs what all tests need, compilers and a browser included. --list: only lists the packages. SKIP="rustc chromium" leaves
# packages out: the tests that need them then fail and name what is missing.
set -e
cd "$(dirname "$0")/.."
. scripts/debian-packages.sh
[ "${1:-}" = --list ] && list_only=yes
set_up 'the tests need' 'npm test needs none of the compilers' $usual_packages $long_packages
