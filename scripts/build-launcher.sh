#!/bin/sh
# Compiles native/launcher, native/listen and native/sandbox: for this machine into dist/launcher, where there is a compiler;
# with --package for every platform of the npm package into dist/launcher/PLATFORM; when one platform is not possible, it fails.
cd "$(dirname "$0")/.." || exit 1
# the order of the sources, and so the compiled bytes, must not depend on the language
export LC_ALL=C
out=dist/launcher

# compile COMPILER PART FILE [OPTION...]
compile() {
  compiler=$1 part=$2 file=$3
  shift 3
  "$compiler" -O2 -Wall -Wextra -Werror "$@" -o "$file" native/"$part"/*.c
}

build_here() {
  compiler=$(command -v cc || command -v gcc || command -v clang)
  if [ "$(uname -s)" != Linux ] || [ -z "$compiler" ]; then
    echo 'process-registry: no C compiler (or no Linux): the native launcher is missing, and without it the server starts only with LAUNCHER=child_process' >&2
    return 0
  fi
  mkdir -p $out
  # static where the static C library is there: each init is a copy of the launcher, and a copy without shared libraries is cheaper;
  # under another name first: a running server may be using the old file
  for part in launcher listen sandbox; do
    { compile "$compiler" $part $out/.new -static 2>/dev/null || compile "$compiler" $part $out/.new; } &&
      mv -f $out/.new $out/procreg-$part || return 1
  done
}

# compiler_for TRIPLE: this machine's own compiler, or a cross compiler
compiler_for() {
  for candidate in cc gcc; do
    case $($candidate -dumpmachine 2>/dev/null) in
      "${1%%-*}"-*linux-gnu) echo $candidate && return ;;
    esac
  done
  command -v "$1"-gcc
}

refuse() {
  echo "process-registry: not packed, since the package includes the launcher for linux-x64 and linux-arm64: $1" >&2
  exit 1
}

# build_for PLATFORM TRIPLE PACKAGES: compiles all parts for one platform; PACKAGES of Debian have the compiler
build_for() {
  compiler=$(compiler_for "$2") || refuse "for $1 there is no $2-gcc (Debian: $3)"
  mkdir -p $made/"$1"
  for part in launcher listen sandbox; do
    compile "$compiler" $part $made/"$1"/procreg-$part -static -s -Wl,--build-id=none ||
      refuse "$compiler could not compile native/$part for $1 (Debian: $3)"
  done
}

build_package() {
  made=$out/.package
  rm -rf $made $out/linux-*
  build_for linux-x64 x86_64-linux-gnu 'gcc-x86-64-linux-gnu libc6-dev-amd64-cross'
  build_for linux-arm64 aarch64-linux-gnu 'gcc-aarch64-linux-gnu libc6-dev-arm64-cross'
  mv $made/* $out && rmdir $made
}

case ${1:-} in
  '') build_here ;;
  --package) build_package ;;
  *) echo 'usage: build-launcher.sh [--package]' >&2 && exit 2 ;;
esac
