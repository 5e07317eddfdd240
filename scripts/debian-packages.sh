# Debian's packages that the tests and the benches need; sourced from the project's folder.

# for npm test: databases, brokers, and programs that definitions of the tests run
usual_packages='mariadb-server rabbitmq-server redis-server python3 curl ffmpeg gcc libc6-dev make jq bc sqlite3 openssl
socat netcat-openbsd bubblewrap faketime unzip file xz-utils zstd perl'

# for npm run test:long: a browser, a shell, and the programs of test/fixtures/real-definitions.json
long_packages='chromium imagemagick pandoc poppler-utils graphviz ghostscript qpdf gnuplot-nox libxml2-utils sox'

# for npm run test:release: compilers and interpreters, cross compilers, a type checker, web servers, containers, a shell. No archive is larger than 150 MB.
# Left out for its size: golang-go, nine times as large as gccgo, which compiles the same programs.
release_packages='g++ gccgo rustc default-jdk-headless ruby lua5.4 php-cli gcc-aarch64-linux-gnu libc6-dev-arm64-cross nginx caddy
podman runc conmon zsh cwltool mypy'

# for npm run bench: the load generator, and the programs with which the server is compared
bench_packages='wrk webhook lighttpd websocketd bubblewrap redis-server celery python3-redis curl gcc libc6-dev'

# missing_of PACKAGE...: prints the packages that are not installed
missing_of() {
  for package; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || echo "$package"
  done | tr '\n' ' '
}

# install_packages PACKAGE...: installs packages; needs root, on Debian or a system based on it
install_packages() {
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "These packages of Debian are needed: $*" >&2
    echo "Install them as root: apt-get install $*" >&2
    echo '0 passed, 1 failed'
    exit 1
  fi
  echo "Installing Debian's packages: $*"
  apt-get update -qq
  # an installation must not start services
  policy=/usr/sbin/policy-rc.d
  [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && made_policy=yes; }
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
  [ "${made_policy:-}" = yes ] && rm -f "$policy"
}

# set_up NEED NOTE PACKAGE...: installs those that are missing and not in SKIP, and says so before; only says so with list_only=yes
set_up() {
  need=$1 note=$2 wanted=''
  shift 2
  for package; do
    case " ${SKIP:-} " in *" $package "*) ;; *) wanted="$wanted $package" ;; esac
  done
  missing=$(missing_of $wanted)
  if [ -z "$missing" ]; then
    echo "All of Debian's packages that $need are installed."
    return
  fi
  echo "Missing of Debian's packages: $missing"
  echo "SKIP=\"PACKAGE …\" leaves some out; $note."
  [ "${list_only:-}" = yes ] || install_packages $missing
}
