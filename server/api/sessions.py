"""Signing in and out, and who is signed in."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from server.protocol.commands import SignIn
from server.protocol.views import SessionMade, SessionView
from server.services.people import Who

from .asking import COOKIE, core, known
from .problems import RESPONSES

router = APIRouter(prefix="/api/v1/sessions", tags=["sessions"], responses=RESPONSES)


@router.post("", status_code=201, response_model=SessionMade)
async def sign_in(request: Request, body: SignIn) -> SessionMade:
    """A new session; guessing is slowed down by user and by address."""
    client = request.client.host if request.client else ""
    signed = await core(request).people.sign_in(body.user, body.password, client)
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
    answer.delete_cookie(COOKIE, path="/")
    return answer
