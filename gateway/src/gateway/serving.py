"""Gunicorn with its asynchronous worker: one process, one event loop, three listeners.

One process, because cache and limits live in its memory; more of them are more replicas. Gunicorn's master replaces a
worker that died. Measured beside uvicorn and uvloop: see deploy/decisions/.
"""

import asyncio
import logging
from typing import Any

from connexion import AsyncApp
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.workers.gasgi import ASGIWorker

from gateway.app import create_app
from gateway.settings import Settings

IDLE_SECONDS = 60  # longer than a load balancer keeps a connection it thinks it may use


class Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        settings = self.settings
        told = {
            "bind": [
                f"{settings.host}:{settings.port}",
                f"{settings.internal_host}:{settings.internal_port}",
                f"{settings.internal_host}:{settings.ops_port}",
            ],
            "worker_class": "gateway.serving.Worker",
            "workers": 1,
            "keepalive": IDLE_SECONDS,
            "graceful_timeout": settings.stop_seconds,
            "timeout": 60,
            "limit_request_line": 8190,  # four parameters of 2 000 characters, as TaxisNet's answer may bring
            "asgi_lifespan": "on",
            "asgi_disconnect_grace_period": 1,
            "forwarded_allow_ips": "",  # whom we believe about clients is our own setting
            "accesslog": None,
            "logger_class": Log,
            "control_socket_disable": True,
        }
        for name, value in told.items():
            self.cfg.set(name, value)

    def load(self) -> AsyncApp:
        return create_app(self.settings)


class Worker(ASGIWorker):  # type: ignore[misc]
    """On SIGTERM first not ready, yet answering, so that a load balancer can look elsewhere; then the end."""

    def handle_exit_signal(self) -> None:
        self.asgi.health.draining = True
        self.loop.call_later(self.app.settings.drain_seconds, super().handle_exit_signal)

    async def _shutdown(self) -> None:
        """Finish what is in hand. Gunicorn alone would also wait for every idle connection a browser keeps."""
        for server in self.servers:
            server.close()
        end = self.loop.time() + self.app.settings.stop_seconds
        while self.asgi.health.in_hand and self.loop.time() < end:
            await asyncio.sleep(0.02)
        self.cfg.set("graceful_timeout", 0)
        await super()._shutdown()


class Log(Logger):  # type: ignore[misc]
    """Gunicorn's own words go the way of all others: JSON, one line each."""

    def setup(self, cfg: Any) -> None:  # noqa: ARG002 - the base class' signature
        self.loglevel = logging.ERROR
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        self.error_log.setLevel(self.loglevel)


def serve(settings: Settings) -> None:
    Server(settings).run()
