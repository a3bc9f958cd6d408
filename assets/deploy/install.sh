#!/usr/bin/env bash
# install.sh server|servers|kiosk|display|display-web: puts the units of this machine's part into systemd.
# Run as root from the checkout in /opt/liqu, after 'make setup'. Nothing is started: the settings come first.
set -eu
part=${1:-}
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
etc=${LIQU_ROOT:-}/etc

say() { printf 'install: %s\n' "$1"; }
stop() { printf 'install: %s\n' "$1" >&2; exit 2; }

[ "$root" = /opt/liqu ] || [ -n "${LIQU_ROOT:-}" ] || stop "the units expect the checkout in /opt/liqu, it is in $root"
case $part in
    server) units="liqu-server.service liqu-backup.service liqu-backup.timer" ;;
    servers) units="liqu-server@.service liqu-backup.service liqu-backup.timer" ;;
    kiosk | display | display-web) units="liqu-$part.service" ;;
    *) stop "say which part this machine is: server, servers, kiosk, display or display-web" ;;
esac

install -d "$etc/systemd/system" "$etc/sysusers.d" "$etc/liqu"
for unit in $units; do
    install -m 0644 "$here/$unit" "$etc/systemd/system/$unit"
    say "$unit"
done
install -m 0644 "$here/liqu.sysusers" "$etc/sysusers.d/liqu.conf"
case $part in
    kiosk | display*)
        install -d "$etc/udev/rules.d" "$etc/X11"
        install -m 0644 "$here/70-liqu.rules" "$etc/udev/rules.d/70-liqu.rules"
        # Xorg as the program's own user, on a screen that nobody is signed in at.
        printf 'allowed_users=anybody\nneeds_root_rights=yes\n' > "$etc/X11/Xwrapper.config"
        ;;
esac
case $part in
    kiosk | display)
        if [ ! -e "$etc/liqu/$part.toml" ]; then
            install -m 0640 "$here/$part.toml" "$etc/liqu/$part.toml"
            say "/etc/liqu/$part.toml is an example: write the server's address into it"
        fi
        ;;
esac
if [ -z "${LIQU_ROOT:-}" ]; then
    systemd-sysusers
    systemctl daemon-reload
    [ ! -e "$etc/liqu/$part.toml" ] || chgrp "liqu-$part" "$etc/liqu/$part.toml"
fi
say "next: see docs/operation.md, then 'systemctl enable --now ...'"
