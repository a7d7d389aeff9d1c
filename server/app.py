"""The API process: one kernel, one hub, and the routes around them. ``create_app`` is uvicorn's factory."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from litestar import Litestar, Request, Router
from litestar.config.cors import CORSConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.middleware import DefineMiddleware

from server import actions, activity, books, health, job_files, jobs, sign_in
from server.asyncapi import asyncapi_route
from server.auth import Authenticator, signed_in
from server.dashboard import static_root, static_routes
from server.headers import SecureHeaders
from server.hub import Hub
from server.media import json_bodies
from server.openapi import openapi_config, openapi_route
from server.problems import answer
from server.sse import company_events, job_events
from server.submitting import submit_routes
from server.waiting import Waiters
from server.websocket import socket_handler
from workers.books.access import Principal
from workers.jobs.kernel import Kernel
from workers.settings import Settings, read_settings

logger = logging.getLogger(__name__)


def create_app(settings: Settings | None = None) -> Litestar:
    """No I/O yet: database and broker may come later. Raises SettingError."""
    chosen = settings or read_settings()
    kernel = Kernel.open(chosen)
    return Litestar(
        route_handlers=[
            api_router(chosen),
            *health.route_handlers,
            openapi_route,
            asyncapi_route,
            *static_routes(static_root()),
        ],
        state=app_state(kernel, chosen),
        lifespan=[running(kernel)],
        dependencies=DEPENDENCIES,
        middleware=[DefineMiddleware(SecureHeaders)],
        exception_handlers={Exception: answer},
        openapi_config=openapi_config(),
        cors_config=_cors(chosen),
        # Errors are logged where they become HTTP, once.
        logging_config=None,
        # A body is at most this large; routes that take files set their own.
        request_max_body_size=10 * 2**20,
    )


def _cors(settings: Settings) -> CORSConfig | None:
    """Pages of the allowed origins may use the session; without any there is nothing to allow."""
    if not settings.allowed_origins:
        return None
    return CORSConfig(
        allow_origins=list(settings.allowed_origins),
        allow_credentials=True,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-None-Match", "Prefer"],
        expose_headers=[
            "Content-Disposition",
            "ETag",
            "Idempotent-Replayed",
            "Ledgerwire-Position",
            "Link",
            "Location",
            "Retry-After",
        ],
    )


def api_router(settings: Settings) -> Router:
    return Router(
        "/api",
        guards=[signed_in, json_bodies],
        route_handlers=[
            *submit_routes(settings),
            *jobs.route_handlers,
            *job_files.route_handlers,
            *actions.route_handlers,
            *activity.route_handlers,
            *books.route_handlers,
            *sign_in.route_handlers,
            company_events,
            job_events,
            socket_handler,
        ],
    )


def app_state(kernel: Kernel, settings: Settings) -> State:
    return State(
        {
            "settings": settings,
            "kernel": kernel,
            "hub": Hub(kernel),
            "auth": Authenticator(kernel.database, settings),
            "waiters": Waiters(),
            "activities": activity.Activities(kernel.database),
        },
        deep_copy=False,
    )


def running(kernel: Kernel) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    """What lives as long as the app does."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        await kernel.start()
        await app.state.hub.start()
        try:
            yield
        finally:
            await app.state.hub.close()
            await app.state.auth.close()
            await kernel.close()

    return lifespan


def _kernel(state: State) -> Kernel:
    return state.kernel  # type: ignore[no-any-return]


def _hub(state: State) -> Hub:
    return state.hub  # type: ignore[no-any-return]


def _settings(state: State) -> Settings:
    return state.settings  # type: ignore[no-any-return]


def _principal(request: Request[Principal, Any, Any]) -> Principal:
    return request.user


DEPENDENCIES = {
    "kernel": Provide(_kernel, sync_to_thread=False),
    "hub": Provide(_hub, sync_to_thread=False),
    "settings": Provide(_settings, sync_to_thread=False),
    "principal": Provide(_principal, sync_to_thread=False),
}
