"""Signing in and out, and who is signed in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from server.protocol.commands import SignIn
from server.protocol.devices import PasswordChange, SessionLine
from server.protocol.views import SessionMade, SessionView
from server.services.people import Who

from .asking import COOKIE, LAB, MANAGERS, STAFF, address_of, core, known, known_in, once
from .problems import RESPONSES

router = APIRouter(prefix="/api/v1/sessions", tags=["sessions"], responses=RESPONSES)
in_hall = APIRouter(prefix="/api/v1/halls/{hall}/sessions", tags=["sessions"], responses=RESPONSES)
own = APIRouter(prefix="/api/v1/staff/self", tags=["sessions"], responses=RESPONSES)

PEOPLE = tuple({*STAFF, *LAB})
Hall = Annotated[str, Path(max_length=32)]
Name = Annotated[str, Path(max_length=64)]
"""What lists call a session."""


@router.post("", status_code=201, response_model=SessionMade)
async def sign_in(request: Request, body: SignIn) -> SessionMade:
    """A new session; guessing is slowed down by user and by address."""
    agent = request.headers.get("user-agent", "")
    signed = await core(request).people.sign_in(body.user, body.password, address_of(request), agent)
    return SessionMade(token=signed.token, user=signed.who.user, roles=signed.who.roles)


def session_view(request: Request, who: Who) -> SessionView:
    halls = core(request).halls
    post = halls.floor(who.hall).post_of(who.user) if who.hall in halls.ids() else None
    return SessionView(
        user=who.user,
        name=who.name,
        hall=who.hall,
        roles=who.roles,
        counter=post.counter if post else None,
    )


@router.get("/current", response_model=SessionView)
async def current(request: Request) -> SessionView:
    """Who is signed in, and the counter they hold."""
    return session_view(request, await known(request))


@router.delete("/current", status_code=204)
async def sign_out(request: Request) -> Response:
    """End this session."""
    who = await known(request)
    await core(request).people.sign_out(who)
    answer = Response(status_code=204)
    secure = request.url.scheme == "https"
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict", secure=secure)
    return answer


@router.get("", response_model=list[SessionLine])
async def mine(request: Request) -> list[SessionLine]:
    """Where I am signed in, the newest first."""
    who = await known(request, *PEOPLE)
    return await core(request).sign_ins.own(who)


@router.delete("/others", status_code=204)
async def end_others(request: Request) -> Response:
    """End all of mine but this one."""
    who = await known(request, *PEOPLE)
    await core(request).sign_ins.end_others(who)
    return Response(status_code=204)


@router.delete("/{name}", status_code=204)
async def end_mine(request: Request, name: Name) -> Response:
    """End one of mine."""
    who = await known(request, *PEOPLE)
    await core(request).sign_ins.end_own(who, name)
    return Response(status_code=204)


@in_hall.get("", response_model=list[SessionLine])
async def of_hall(request: Request, hall: Hall) -> list[SessionLine]:
    """Who of the hall is signed in where."""
    who = await known_in(request, hall, *MANAGERS)
    return await core(request).sign_ins.of_hall(hall, who)


@in_hall.delete("/{name}", status_code=204)
async def end_in_hall(request: Request, hall: Hall, name: Name) -> Response:
    """End somebody's."""
    who = await known_in(request, hall, *MANAGERS)
    await core(request).sign_ins.end_in_hall(hall, name, who)
    return Response(status_code=204)


@own.post("/password", status_code=204)
async def change_password(request: Request, body: PasswordChange) -> Response:
    """My own password, by the old one; my other sign-ins end."""
    who = await known(request, *PEOPLE)
    # The key's digest is kept, and is quick to make: no password goes into it.
    await core(request).sign_ins.change_password(who, body, address_of(request), once(request, who))
    return Response(status_code=204)
