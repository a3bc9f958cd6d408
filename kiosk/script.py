"""Scripted touch: lets a journey, a benchmark or a demo use the kiosk as a finger does.

Off unless the configuration says ``[script] control_port = N``; listens on 127.0.0.1 only. HTTP, one request
a connection, JSON answers:

    GET  /screen                     {"screen", "language", "large", "texts": […], "names": […], "settled",
                                      "clipped": […], "number", "paper", "labels": {"out", "left"},
                                      "stage", "certificates": {"out", "left"},
                                      "document_printer", "scanner", "link", "alone": {"lent", "left",
                                      "waiting", "vouchers"}, …}
    POST /tap?name=service:accept    touches the widget of that name; 404 when the screen has none
         /tap?name=…&hold=0.4        the finger rests that many seconds
         /tap?x=100&y=200            touches a point, in px from the upper left
    POST /picture?path=/tmp/a.png    writes what is on the glass
    POST /wait?screen=Holding        answers when that screen stands (&text=… a text is on it, &name=… a
         &timeout=10                 widget is, &paper=… or &stage=…), or 408
    POST /scan?text=V…               as if the scanner had read this

A tap waits until the screen has settled (a touch in its first quarter of a second is ignored by design), then
goes in through an input provider of Kivy's event loop, which is the way every finger comes in. It is answered
when the finger was lifted. ``screen`` is the name of the class in ``kiosk.model`` or ``kiosk.flow``.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from kivy.base import EventLoop
from kivy.core.window import Window
from kivy.input.motionevent import MotionEvent
from kivy.input.provider import MotionEventProvider

from . import appointing as b
from . import collecting as c
from . import flow
from . import model as m
from . import visit as v
from .glass import Glass
from .picture_file import take_picture
from .widgets.shapes import Pressable
from .widgets.text import Words

log = logging.getLogger(__name__)

STEP = 0.01
"""Seconds between looks at a screen that Kivy changes without telling."""


class ScriptedTouch(MotionEvent):
    """A finger from a script; ``sx`` and ``sy`` are 0…1 from the lower left."""

    def __init__(self, *args: Any, **more: Any) -> None:
        more.setdefault("is_touch", True)
        more.setdefault("type_id", "touch")
        super().__init__(*args, **more)
        self.profile = ["pos"]

    def depack(self, args: tuple[float, float]) -> None:
        self.sx, self.sy = args
        super().depack(args)


class ScriptedFingers(MotionEventProvider):
    """Hands scripted touches to Kivy's event loop, as a panel's driver does."""

    def __init__(self) -> None:
        super().__init__("script", "")
        self._waiting: deque[tuple[str, ScriptedTouch]] = deque()
        self._count = 0

    def down(self, sx: float, sy: float) -> ScriptedTouch:
        self._count += 1
        touch = ScriptedTouch(self.device, self._count, (sx, sy))
        self._waiting.append(("begin", touch))
        return touch

    def up(self, touch: ScriptedTouch) -> None:
        touch.update_time_end()
        self._waiting.append(("end", touch))

    def update(self, dispatch_fn: Any) -> None:
        while self._waiting:
            kind, touch = self._waiting.popleft()
            dispatch_fn(kind, touch)

    @property
    def idle(self) -> bool:
        return not self._waiting


class Scripted(Protocol):
    """An application that can be touched by a script."""

    glass: Glass
    state: m.State

    @property
    def settled(self) -> bool: ...

    def feed(self, event: m.Input) -> None: ...


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: dict[str, Any]


class Control:
    """The scripted touch of one application."""

    def __init__(self, app: Scripted) -> None:
        self._app = app
        self._fingers = ScriptedFingers()
        EventLoop.add_input_provider(self._fingers)

    async def serve(self, port: int) -> None:
        """Answer requests on 127.0.0.1 for ever."""
        server = await asyncio.start_server(self._talk, "127.0.0.1", port)
        log.warning("scripted touch listens on 127.0.0.1:%d", port)
        async with server:
            await server.serve_forever()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = (await reader.readline()).decode("ascii", "replace").split()
            while (await reader.readline()).strip():
                pass
            if len(line) < 2:
                answer = Answer(400, {"error": "not a request"})
            else:
                parts = urlsplit(line[1])
                answer = await self.answer(line[0], parts.path, dict(parse_qsl(parts.query)))
            body = json.dumps(answer.body, ensure_ascii=False).encode()
            writer.write(
                f"HTTP/1.1 {answer.status} -\r\nContent-Type: application/json; charset=utf-8\r\n"
                f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
                + body
            )
            await writer.drain()
        except (ConnectionError, ValueError) as error:
            log.debug("a control request ended early: %s", error)
        finally:
            writer.close()

    async def answer(self, method: str, path: str, given: dict[str, str]) -> Answer:
        """The answer to one request."""
        match method, path:
            case "GET", "/screen":
                return Answer(200, self.screen())
            case "POST", "/tap":
                return await self._tap(given)
            case "POST", "/picture":
                return await self._take_picture(given)
            case "POST", "/scan":
                self._app.feed(v.Scanned(given.get("text", "")))
                return Answer(200, self.screen())
            case "POST", "/wait":
                return await self._wait(given)
            case _:
                return Answer(404, {"error": f"no {method} {path}"})

    def screen(self) -> dict[str, Any]:
        """What is shown now."""
        state = self._app.state
        at = flow.shown(state)
        ticket = at.ticket if isinstance(at, m.Holding | v.Labelling) else None
        rolling = at if isinstance(at, v.Labelling) else None
        pressing = at if isinstance(at, c.Printing) else None
        widgets = list(self._app.glass.children)[::-1]
        texts = [widget for widget in widgets if isinstance(widget, Words)]
        return {
            "screen": type(at).__name__,
            "language": state.language,
            "large": state.large,
            "settled": self._app.settled,
            "number": ticket.number if ticket else None,
            "paper": at.paper if isinstance(at, m.Holding | v.Labelling | b.Appointed) else None,
            "labels": {"out": rolling.out, "left": len(rolling.left)} if rolling else None,
            "stage": pressing.stage if pressing else None,
            "certificates": {"out": pressing.out, "left": len(pressing.left)} if pressing else None,
            "document_printer": state.documents,
            "printer": state.printer,
            "label_printer": state.label_printer,
            "scanner": state.scanner,
            "catalogue": state.catalogue is not None,
            "link": state.link,
            "alone": {
                "lent": state.alone.lent,
                "left": state.alone.left,
                "waiting": state.alone.waiting,
                "vouchers": state.alone.vouchers,
            },
            "texts": [text.said for text in texts],
            "clipped": [text.said for text in texts if not text.whole],
            "names": [widget.name for widget in widgets if isinstance(widget, Pressable)],
        }

    async def _tap(self, given: dict[str, str]) -> Answer:
        while not self._app.settled:  # noqa: ASYNC110
            await asyncio.sleep(STEP)
        if "name" in given:
            widget = next(
                (
                    widget
                    for widget in self._app.glass.children
                    if isinstance(widget, Pressable) and widget.name == given["name"]
                ),
                None,
            )
            if widget is None:
                return Answer(404, {"error": f"nothing called {given['name']} here", **self.screen()})
            x, y = widget.center
        else:
            x, y = float(given.get("x", "0")), Window.height - float(given.get("y", "0"))
        touch = self._fingers.down(x / max(1, Window.width - 1), y / max(1, Window.height - 1))
        await asyncio.sleep(float(given.get("hold", "0.03")))
        self._fingers.up(touch)
        while not self._fingers.idle:  # noqa: ASYNC110
            await asyncio.sleep(STEP)
        return Answer(200, self.screen())

    async def _take_picture(self, given: dict[str, str]) -> Answer:
        if "path" not in given:
            return Answer(400, {"error": "path is missing"})
        # Two frames: one that draws the newest state, one that shows it.
        await asyncio.sleep(0.1)
        take_picture(Path(given["path"]))
        return Answer(200, {"path": given["path"]})

    async def _wait(self, given: dict[str, str]) -> Answer:
        try:
            async with asyncio.timeout(float(given.get("timeout", "10"))):
                while not self._stands(given):  # noqa: ASYNC110
                    await asyncio.sleep(STEP)
        except TimeoutError:
            return Answer(408, self.screen())
        return Answer(200, self.screen())

    def _stands(self, given: dict[str, str]) -> bool:
        now = self.screen()
        return (
            given.get("screen", now["screen"]) == now["screen"]
            and any(given.get("text", "") in text for text in (*now["texts"], ""))
            and ("name" not in given or given["name"] in now["names"])
            and given.get("paper", now["paper"]) == now["paper"]
            and given.get("stage", now["stage"]) == now["stage"]
        )
