"""``GET /api/v1/live``: the websocket endpoint."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from urllib.parse import urlsplit

from fastapi import APIRouter, WebSocket
from sqlalchemy.exc import SQLAlchemyError
from starlette.websockets import WebSocketDisconnect

from server.live.hub import CASES_A_CLIENT, CLIENTS, FOLLOWERS_OF_AN_ADDRESS, READ, TOPICS_A_CLIENT, Client
from server.live.wire import writer
from server.protocol.topics import CLOSE_BAD_TOPIC, CLOSE_NO_RIGHT, Topic, parse_topic
from server.protocol.views import TicketView
from server.services.limits import network
from server.services.people import Who
from server.services.progress import Followed
from server.services.refused import Refused

from .asking import STAFF, core, who_asks

router = APIRouter()

CLOSE_LATER = 1013
"""Try again later."""


def same_origin(websocket: WebSocket) -> bool:
    """A page of another site must not use the cookie of ours."""
    origin = websocket.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == websocket.headers.get("host")


def may_follow(topic: Topic, who: Who | None) -> bool:
    if topic.public:
        return True
    if topic.kind == "device":
        return who is not None and who.id == f"device:{topic.subject}" and who.is_("kiosk", "display")
    if who is None or who.hall != topic.subject:
        return False
    return who.is_(*STAFF) or (topic.kind == "kiosk" and who.is_("kiosk"))


async def _send(websocket: WebSocket, client: Client) -> None:
    await client.send_all(websocket.send_text)
    # Dismissed: its right has ended.
    await websocket.close(CLOSE_NO_RIGHT, "no right any more")


@router.websocket("/api/v1/live")
async def live(websocket: WebSocket) -> None:
    """Follow topics: the first frame of each at once, then each change; a heartbeat every 10 s."""
    # Accepted first, so that the client hears the close code rather than a bare HTTP refusal.
    await websocket.accept()
    hub = core(websocket).hub
    names = websocket.query_params.getlist("topic")
    topics = [topic for topic in map(parse_topic, names) if topic is not None]
    follows = sum(topic.kind == "case" for topic in topics)
    bad = not topics or len(topics) != len(names)
    if bad or len(topics) > TOPICS_A_CLIENT or follows > CASES_A_CLIENT:
        await websocket.close(CLOSE_BAD_TOPIC, "bad topic")
        return
    address = network(websocket.client.host) if websocket.client else ""
    if len(hub.clients) >= CLIENTS or (follows and hub.followers[address] >= FOLLOWERS_OF_AN_ADDRESS):
        await websocket.close(CLOSE_LATER, "full")
        return
    if not follows:
        await _follow(websocket, topics)
        return
    hub.followers[address] += 1
    try:
        await _follow(websocket, topics)
    finally:
        hub.followers[address] -= 1
        if not hub.followers[address]:
            del hub.followers[address]


async def _follow(websocket: WebSocket, topics: Sequence[Topic]) -> None:
    """Send what ``topics`` have to tell until the client goes or its right ends."""
    hub = core(websocket).hub
    token_given = "authorization" in websocket.headers
    over: dict[str, TicketView] = {}
    cases: dict[str, Followed] = {}
    try:
        who = await who_asks(websocket) if token_given or same_origin(websocket) else None
        for topic in topics:
            if topic.kind == "ticket" and hub.view(topic) is None:
                view = await core(websocket).halls.ticket(topic.subject)
                if view is not None:
                    over[topic.subject] = view
            elif topic.kind in READ and may_follow(topic, who):
                seen = await hub.read(topic)
                if seen is not None:
                    cases[str(topic)] = seen
    except (Refused, SQLAlchemyError):
        await websocket.close(CLOSE_LATER, "try again later")
        return
    if (token_given and who is None) or not all(may_follow(topic, who) for topic in topics):
        await websocket.close(CLOSE_NO_RIGHT, "no right")
        return
    found = (hub.view(topic) or topic.subject in over or str(topic) in cases for topic in topics)
    if not all(found):
        await websocket.close(CLOSE_BAD_TOPIC, "unknown topic")
        return
    # A page that shows public topics only need not hear that its reader has signed out.
    private = who is not None and (not who.is_(*STAFF) or not all(topic.public for topic in topics))
    client = hub.join(topics, who if private else None, over, writer(websocket.scope), cases)
    sender = asyncio.create_task(_send(websocket, client))
    try:
        # Nothing that a client says is listened to; its going is.
        while (await websocket.receive())["type"] != "websocket.disconnect":
            pass
    except WebSocketDisconnect:
        pass
    finally:
        hub.leave(client)
        sender.cancel()
        with contextlib.suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError):
            await sender
