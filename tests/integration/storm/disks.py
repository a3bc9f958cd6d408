"""Disks that a test can fill, make read-only, and mend again: an ext4 of its own in a file, mounted.

Where nothing may be mounted (no root, a container) a limit on the size of the server's files stands in for
it: its writes fail as well, with another errno.
"""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

SIZE = 24 * 1024 * 1024


class Disk(Protocol):
    folder: Path
    """Where the server's data lies."""
    full: frozenset[str]
    """The codes by which a full one is told."""

    def fill(self, server: int) -> None:
        """Nothing more can be written; ``server``: the process that would."""

    def empty(self, server: int) -> None: ...

    def freeze(self, server: int) -> None:
        """The files can only be read."""

    def thaw(self, server: int) -> None: ...


class Mounted:
    """A real filesystem."""

    full = frozenset({"disk_full"})

    def __init__(self, place: Path, image: Path) -> None:
        self.place = place
        self._image = image
        self.folder = place / "hall"
        self._filler = place / "filler"

    def fill(self, server: int) -> None:
        with self._filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"\0" * 4096)

    def empty(self, server: int) -> None:
        self._filler.unlink()

    def freeze(self, server: int) -> None:
        self._attribute("+i")

    def thaw(self, server: int) -> None:
        self._attribute("-i")

    def _attribute(self, how: str) -> None:
        # Not liqu.db-shm: a real disk stops taking all of them at once. That file is memory to the server,
        # which would be killed by a write that the others had still let come so far.
        files = [self.folder / name for name in ("liqu.db-wal", "liqu.db")]
        subprocess.run(["chattr", how, *files], check=True)

    def break_down(self) -> None:
        """The kernel finds an error on it and lets nothing be written any more, as with a disk that dies."""
        asked = ["losetup", "-j", self._image]
        loop = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.partition(":")[0]
        (Path("/sys/fs/ext4") / Path(loop).name / "trigger_fs_error").write_text("1")

    def mend(self) -> None:
        """As the person who looks after the machine does, with the server stopped."""
        subprocess.run(["umount", self.place], check=True)
        done = subprocess.run(["e2fsck", "-f", "-y", self._image], capture_output=True)
        assert done.returncode < 4, done.stdout
        _mount(self._image, self.place)


class Limited:
    """No disk of its own: the server's files may not grow."""

    full = frozenset({"disk_full", "disk_read_only"})

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, server: int) -> None:
        resource.prlimit(server, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    def empty(self, server: int) -> None:
        resource.prlimit(server, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    freeze, thaw = fill, empty


def _mount(image: Path, place: Path) -> None:
    subprocess.run(["mount", "-o", "loop,errors=remount-ro", image, place], check=True, capture_output=True)


@contextmanager
def small_disk(tmp_path: Path) -> Iterator[Disk]:
    place, image = tmp_path / "disk", tmp_path / "disk.img"
    place.mkdir()
    try:
        if os.geteuid() != 0:
            raise PermissionError("only root mounts")
        with image.open("wb") as file:
            file.truncate(SIZE)
        subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True, capture_output=True)
        _mount(image, place)
    except (OSError, subprocess.CalledProcessError):
        yield Limited(tmp_path / "hall")
        return
    try:
        yield Mounted(place, image)
    finally:
        subprocess.run(["umount", "-l", place], check=True)
