#!/bin/sh
# npm test: installs what the tests need, builds, runs every test against real servers. Arguments go to vitest.
set -e
cd "$(dirname "$0")/.."

# Debian's packages: the private MariaDB and RabbitMQ, a browser, the programs of test/fixtures/real-definitions.json, the sandbox and languages.
packages='mariadb-server rabbitmq-server chromium python3 curl ffmpeg imagemagick pandoc poppler-utils graphviz ghostscript qpdf gnuplot-nox
libxml2-utils sox file gcc libc6-dev make g++ bc jq sqlite3 zstd xz-utils openssl redis-server socat netcat-openbsd bubblewrap ruby lua5.4
php-cli perl faketime unzip gccgo rustc default-jdk-headless gcc-aarch64-linux-gnu libc6-dev-arm64-cross'
# None has an archive of more than 150 MB. Unpacked, Go's own compiler would be nine times as large as gccgo, which runs the same programs.
echo 'Left out for its size: golang-go (gccgo takes its place)'

missing=''
for package in $packages; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
if [ -n "$missing" ]; then
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "The tests need Debian's packages:$missing" >&2
    echo '0 passed, 1 failed'
    exit 1
  fi
  echo "Installing Debian's packages:$missing"
  apt-get update -qq
  # no service is to be started by an installation
  policy=/usr/sbin/policy-rc.d
  [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && made_policy=yes; }
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
  [ "${made_policy:-}" = yes ] && rm -f "$policy"
fi

. scripts/prepare.sh
prepare
# further versions of Node, for what happens on one that is too old
if [ ! -f test/nodes/node_modules/.package-lock.json ] || [ test/nodes/package-lock.json -nt test/nodes/node_modules/.package-lock.json ]; then
  npm ci --prefix test/nodes --ignore-scripts --include=optional --no-fund --no-audit --loglevel=error
fi
"$NODE" node_modules/@biomejs/biome/bin/biome check --error-on-warnings .
"$NODE" node_modules/typescript/bin/tsc -p test
# nothing that nobody uses, and nothing that package.json does not name
"$NODE" node_modules/knip/bin/knip.js
exec "$NODE" node_modules/vitest/vitest.mjs run "$@"
