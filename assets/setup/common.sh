# shellcheck shell=bash
# Shared by the set-up scripts: where we are, how to say things, and the tools' own environment.

export LC_ALL=C.UTF-8
# A stray setting of the caller's shell must not lead our Python astray.
unset PYTHONHOME PYTHONPATH PIP_USER PIP_TARGET PIP_PREFIX PIP_REQUIRE_VIRTUALENV VIRTUAL_ENV
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
STATE=$ROOT/var/setup
TOOLS=$ROOT/var/tools
mkdir -p "$STATE"
cd "$ROOT"

say() { printf 'set-up: %s\n' "$*"; }

# fail WHAT ADVICE: says what went wrong and what to do about it, and ends.
fail() {
  printf '\nset-up failed: %s\n  What to do: %s\n' "$1" "$2" >&2
  exit 1
}

# find_python: prints a Python 3.11–3.13 that can make virtual environments; the system's own first,
# because a python3 on PATH may be a version switcher's shim without the standard parts.
find_python() {
  local candidate
  for candidate in "${LIQU_PYTHON:-}" /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
    [ -n "$candidate" ] || continue
    if "$candidate" - <<'PY' >/dev/null 2>&1
import ensurepip, sqlite3, ssl, sys, venv
raise SystemExit(not (3, 11) <= sys.version_info[:2] < (3, 14))
PY
    then
      command -v "$candidate"
      return
    fi
  done
  return 1
}

# make_tools: uv at its pinned version and hash in var/tools.
make_tools() {
  local python
  python=$(find_python)
  rm -rf "$TOOLS"
  "$python" -m venv "$TOOLS"
  "$TOOLS/bin/pip" install --require-hashes -r assets/setup/tools-requirements.txt
}
