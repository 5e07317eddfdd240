#!/bin/sh
# npm run test:setup: installs what all tests need, compilers and a browser included. --list: only lists the packages. SKIP="rustc chromium" leaves
# packages out: the tests that need them then fail and name what is missing.
set -e
cd "$(dirname "$0")/.."
. scripts/debian-packages.sh
wanted=''
for package in $usual_packages $long_packages; do
  case " ${SKIP:-} " in *" $package "*) ;; *) wanted="$wanted $package" ;; esac
done
missing=$(missing_of $wanted)
if [ -z "$missing" ]; then
  echo 'All of Debian'"'"'s packages that the tests need are installed.'
  exit 0
fi
echo "Missing of Debian's packages: $missing"
echo 'SKIP="PACKAGE …" npm run test:setup leaves some out; npm test needs none of the compilers.'
[ "${1:-}" = --list ] || install_packages $missing
