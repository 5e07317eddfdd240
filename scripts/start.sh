#!/bin/sh
# npm start: installs and builds when needed, then becomes the server, so that a signal to npm reaches it.
set -e
cd "$(dirname "$0")/.."
. scripts/prepare.sh
prepare
# who watches a terminal sees the warning that the launcher is missing; anything else is a service, which refuses
if [ -t 0 ] && [ -t 1 ]; then set -- --launcher-optional "$@"; fi
exec "$NODE" dist/bundle/main.js serve "$@"
