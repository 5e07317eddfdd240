# Installs and builds when something changed since the last time; sourced from the project's folder.
# One stamp says with which Node and from which sources the bundle was built. Two at once: one works, the other waits.

stamp=dist/.built
lock=.build-lock

up_to_date() {
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(node --version)" ] &&
    [ -z "$(find package.json package-lock.json tsconfig.json nest-cli.json ormconfig.ts scripts src migrations native -newer "$stamp" -print -quit)" ]
}

prepare() {
  command -v node >/dev/null || { echo 'process-registry needs Node.js 20.19 or newer' >&2; exit 1; }
  # an installed package brings its bundle, and nothing to build it from
  [ -d src ] || return 0
  up_to_date && return
  until mkdir "$lock" 2>/dev/null; do
    holder=$(cat "$lock/pid" 2>/dev/null || echo)
    if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then rm -rf "$lock"
    elif [ -z "$holder" ] && [ -n "$(find "$lock" -maxdepth 0 -mmin +1 2>/dev/null)" ]; then rm -rf "$lock"
    else sleep 0.3; fi
  done
  echo $$ >"$lock/pid"
  trap 'rm -rf "$lock"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  up_to_date || build
  rm -rf "$lock"
  trap - EXIT INT TERM
}

build() {
  if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ] ||
    { [ -f "$stamp" ] && [ "$(cat "$stamp")" != "$(node --version)" ]; }; then
    echo 'Installing (the first time takes a minute or two: SQLite is compiled) …' >&2
    # the headers that came with this Node, when they did, instead of a download
    prefix=$(node -p 'path.dirname(path.dirname(process.execPath))')
    [ ! -f "$prefix/include/node/node.h" ] || export npm_config_nodedir="$prefix"
    npm ci --include=dev --no-fund --no-audit --loglevel=error >&2 || exit 1
  fi
  echo 'Building …' >&2
  started=$(mktemp)
  rm -rf dist
  node node_modules/@nestjs/cli/bin/nest.js build >&2 && node scripts/bundle.mjs >&2 && sh scripts/build-launcher.sh || exit 1
  node --version >"$stamp"
  touch -r "$started" "$stamp"
  rm -f "$started"
}
