#!/usr/bin/env bash
# What an X session of one program needs: a screen that never sleeps, turned as the machine says, then the program.
set -eu
xset s off -dpms s noblank || true
# LIQU_ROTATE: left or right for a screen that stands upright.
if [ -n "${LIQU_ROTATE:-}" ]; then
    xrandr --output "$(xrandr --query | awk '/ connected/ { print $1; exit }')" --rotate "$LIQU_ROTATE"
fi
exec "$@"
