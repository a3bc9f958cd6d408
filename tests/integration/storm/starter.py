"""Starts servers quickly: a process that has the server's code loaded, and forks at each start.

What it starts is a whole ``liqu-server`` process with an id of its own, killed as any other. Loading the
libraries takes most of a start; a storm of thirty kills would mostly wait for that.

Asked by lines of JSON on standard input, answers by lines on standard output:
``{"start": [arguments], "log": path, "set": {"module.NAME": value}}`` → the process id; ``{"kill": id}`` →
``gone`` when the process is no more; ``{"stop": id}`` → its exit code, after SIGTERM; ``{"wait": id}`` → its
exit code, when it has ended by itself. Ends, and what it started with it, when its input ends.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from typing import Any, NoReturn

import uvicorn.lifespan.on
import uvicorn.protocols.http.httptools_impl
import uvicorn.protocols.websockets.websockets_sansio_impl
import uvloop

import server.live.notices
import server.main
import server.store.migrations

LOADED = (uvicorn, uvloop, server)


def begin(asked: dict[str, Any]) -> NoReturn:
    """Be the server."""
    log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for ours, theirs in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(ours, theirs)
    for name, value in asked["set"].items():
        module, _, attribute = name.rpartition(".")
        setattr(importlib.import_module(module), attribute, value)
    code = 1
    try:
        code = server.main.main(asked["start"])
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def end(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def serve() -> None:
    alive: set[int] = set()
    for line in sys.stdin:
        asked = json.loads(line)
        if "kill" in asked:
            end(asked["kill"])
            alive.discard(asked["kill"])
            print("gone", flush=True)
            continue
        if "stop" in asked or "wait" in asked:
            ended = asked.get("stop") or asked["wait"]
            if "stop" in asked:
                os.kill(ended, signal.SIGTERM)
            print(os.waitstatus_to_exitcode(os.waitpid(ended, 0)[1]), flush=True)
            alive.discard(ended)
            continue
        pid = os.fork()
        if pid == 0:
            begin(asked)
        alive.add(pid)
        print(pid, flush=True)
    for pid in alive:
        end(pid)


if __name__ == "__main__":
    serve()
