#!/bin/sh
# Compiles native/launcher and native/sandbox where there is a compiler; without one the server starts programs by Node's child_process.
cd "$(dirname "$0")/.." || exit 1
compiler=$(command -v cc || command -v gcc || command -v clang)
if [ "$(uname -s)" != Linux ] || [ -z "$compiler" ]; then
  echo 'process-registry: no C compiler (or no Linux): programs are started by child_process, slower and without outliving the server' >&2
  exit 0
fi
mkdir -p dist/launcher
build() {
  part=$1
  shift
  "$compiler" -O2 -Wall -Wextra -Werror "$@" -o dist/launcher/.new native/"$part"/*.c
}
# static where the static C library is there: each init is a copy of the launcher, and a copy without shared libraries is cheaper;
# under another name first: a running server may be using the old one
for part in launcher sandbox; do
  { build $part -static 2>/dev/null || build $part; } && mv -f dist/launcher/.new dist/launcher/procreg-$part || exit 1
done
