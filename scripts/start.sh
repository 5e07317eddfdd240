#!/bin/sh
# npm start: installs and builds when needed, then executes the server, so that a signal to npm reaches the server.
set -e
cd "$(dirname "$0")/.."
. scripts/prepare.sh
prepare
# a user at a terminal sees the warning that the launcher is missing; without a terminal this is a service, which refuses to start
if [ -t 0 ] && [ -t 1 ]; then set -- --launcher-optional "$@"; fi
exec "$NODE" dist/bundle/main.js server serve "$@"
