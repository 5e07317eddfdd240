#!/bin/sh
# npm run bench:setup: installs what the benches compare with, and their load generator. --list: only lists the packages. SKIP="celery webhook"
# leaves packages out: the benches then say that these peers are not installed.
set -e
cd "$(dirname "$0")/.."
. scripts/debian-packages.sh
[ "${1:-}" = --list ] && list_only=yes
set_up 'the benches compare with' 'the benches need none of them' $bench_packages
