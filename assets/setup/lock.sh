#!/usr/bin/env bash
# Makes uv.lock: versions and hashes, and no address of any registry (docs/decisions/001).
# Versions stay as they are unless a change of pyproject.toml asks otherwise; 'lock.sh --upgrade' takes the newest.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

[ -x "$TOOLS/bin/uv" ] || make_tools
# uv does not read pip's configuration: hand it the mirror that this machine uses.
index=$("$TOOLS/bin/pip" config get global.index-url 2>/dev/null || true)
index=${PIP_INDEX_URL:-$index}
if [ -n "$index" ]; then export UV_DEFAULT_INDEX=$index; fi

"$TOOLS/bin/uv" lock --no-python-downloads --python "$(find_python)" "$@"
sed -E -i \
  -e 's#registry = "[a-z]+://[^"]*"#registry = "pypi"#' \
  -e 's#url = "[a-z]+://[^"]*/([^"/]+)"#path = "\1"#' uv.lock
if grep -n '://' uv.lock; then fail "an address is left in uv.lock" "teach assets/setup/lock.sh to strip it"; fi
"$TOOLS/bin/uv" export --quiet --offline --frozen --all-extras --all-groups --no-emit-project -o /dev/null
say "uv.lock is made: $(grep -c '^name = ' uv.lock) packages"
