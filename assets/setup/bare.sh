#!/usr/bin/env bash
# Proves on a bare Debian in a folder that a fresh machine gets there: debootstrap, a clone of what is
# committed, then each given command line inside (default: 'make demo' up to a running hall, and 'make test').
#
#   assets/setup/bare.sh ['COMMAND LINE' …]      as root, with debootstrap installed
#
# Environment: SUITE (bookworm), MIRROR (debootstrap's own choice), FOLDER (/tmp/liqu-bare), WHO (root, or
# 'user': an ordinary account with sudo). The inside has its own mounts and processes, which end with it; the
# network is this machine's, and so is what it takes to reach the registries (certificates, pip's and npm's
# configuration). The system under FOLDER/base is kept for the next time, the tried one under FOLDER/tried.
set -euo pipefail

SUITE=${SUITE:-bookworm} FOLDER=${FOLDER:-/tmp/liqu-bare} WHO=${WHO:-root}
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
base=$FOLDER/base-$SUITE
inside=$FOLDER/tried-$SUITE-$WHO

[ "$(id -u)" = 0 ] || { echo "bare: run this as root" >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "bare: install debootstrap first" >&2; exit 1; }
[ $# -gt 0 ] || set -- 'make demo DEMO=--check' 'make test'

say() { printf '\n== bare: %s\n' "$*"; }

if [ ! -e "$base/.whole" ]; then
  say "a bare $SUITE"
  rm -rf "$base"
  # shellcheck disable=SC2086  # options, if any
  debootstrap --variant=minbase ${OPTIONS:-} "$SUITE" "$base" ${MIRROR:-} ${SCRIPT:-} >"$FOLDER.log" 2>&1 ||
    { tail -n 20 "$FOLDER.log" >&2; exit 1; }
  touch "$base/.whole"
fi

say "a fresh copy in $inside"
rm -rf "$inside"
cp -a --reflink=auto "$base" "$inside"
cp -L /etc/resolv.conf "$inside/etc/resolv.conf"
mkdir -p "$inside/etc/ssl" "$inside/usr/local/share" "$inside/root/.config"
for own in /etc/ssl/certs /usr/local/share/ca-certificates /etc/pip.conf /root/.config/pip /root/.npmrc; do
  if [ -e "$own" ]; then cp -aL "$own" "$inside$(dirname "$own")/"; fi
done
git clone --quiet --no-hardlinks "$ROOT" "$inside/srv/liqu"

# What of this machine's environment it takes to reach the registries, and what the commands may be told.
passed=(PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb)
for name in PIP_CERT PIP_INDEX_URL SSL_CERT_FILE SSL_CERT_DIR NODE_EXTRA_CA_CERTS REQUESTS_CA_BUNDLE \
  http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY CI LIQU_DEMO_PORT; do
  if [ -n "${!name:-}" ]; then passed+=("$name=${!name}"); fi
done

# in_it COMMAND: runs it inside, with no input, in mounts and a process tree of its own.
in_it() {
  # shellcheck disable=SC2016  # expanded in the inner shell
  unshare --mount --pid --fork --kill-child bash -c '
    set -e
    mount --make-rprivate /
    mount -t proc proc "$0/proc"
    mount --rbind /sys "$0/sys"
    mount --rbind /dev "$0/dev"
    mount -t tmpfs -o mode=1777 shm "$0/dev/shm"
    exec chroot "$0" env -i "${@:2}" bash -c "$1"
  ' "$inside" "$1" "${passed[@]}" </dev/null
}

say "apt-get install make"
in_it 'export DEBIAN_FRONTEND=noninteractive; apt-get -qq update && apt-get -qq -y install make >/dev/null'
if [ "$WHO" = user ]; then
  in_it 'export DEBIAN_FRONTEND=noninteractive; apt-get -qq -y install sudo >/dev/null && useradd -m visitor &&
    echo "visitor ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/visitor && cp -r /root/.config /root/.npmrc /home/visitor/ || true
    chown -R visitor: /home/visitor /srv/liqu'
fi
for line in "$@"; do
  say "$line"
  began=$SECONDS
  if [ "$WHO" = user ]; then
    in_it "runuser -u visitor -- env HOME=/home/visitor bash -c 'cd /srv/liqu && $line'"
  else
    in_it "cd /srv/liqu && $line"
  fi
  printf '== bare: %s: good, in %d s\n' "$line" $((SECONDS - began))
done
