# Installs and builds when something has changed since the last build; sourced from the project's folder.
# The time of a stamp file says from which sources the bundle was built. Two processes at once: one works, the other waits.
. scripts/node.sh

stamp=dist/.built
lock=.build-lock

up_to_date() {
  [ -f "$stamp" ] &&
    [ -z "$(find package.json package-lock.json tsconfig.json .swcrc nest-cli.json ormconfig.ts scripts src clients/cli/src clients/cli/package.json web migrations native -newer "$stamp" -print -quit)" ]
}

# Prepares the project, and sets NODE as well.
prepare() {
  choose_node
  # an installed package includes its bundle, but not the sources of the bundle
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
  started=$(mktemp)
  rm -rf dist
  mkdir dist
  # the launcher needs nothing that npm installs
  sh scripts/build-launcher.sh &
  launcher=$!
  install_dependencies
  echo 'Building …' >&2
  "$NODE" node_modules/@nestjs/cli/bin/nest.js build >&2 && "$NODE" scripts/bundle.mjs >&2 && wait $launcher || exit 1
  touch -r "$started" "$stamp"
  rm -f "$started"
}

install_dependencies() {
  if [ -f node_modules/.package-lock.json ] && [ ! package-lock.json -nt node_modules/.package-lock.json ]; then return; fi
  echo 'Installing …' >&2
  # no package here needs its install script: native packages include their binaries
  npm ci --ignore-scripts --include=dev --include=optional --no-fund --no-audit --loglevel=error >&2 || exit 1
}
