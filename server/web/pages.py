"""All pages as one router."""

from __future__ import annotations

from fastapi import APIRouter

from . import desk, manage, public
from .look import static_files
from .ports import PageServices

__all__ = ["pages", "static_files"]


def pages(services: PageServices) -> APIRouter:
    """The pages over ``services``; they stand outside the OpenAPI description."""
    router = APIRouter(include_in_schema=False)
    for part in (public, desk, manage):
        router.include_router(part.routes(services))
    return router
