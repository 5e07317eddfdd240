#!/bin/sh
# npm start: installs and builds when needed, then becomes the server, so that a signal to npm reaches it.
set -e
cd "$(dirname "$0")/.."
. scripts/prepare.sh
prepare
exec "$NODE" dist/bundle/main.js serve "$@"
