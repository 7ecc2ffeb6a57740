"""`web`: gunicorn with its native ASGI worker; the default one answers 500 to everything connexion serves."""

from collections.abc import Callable
from typing import Any

from connexion import FlaskApp
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from chassis import health
from chassis.settings import ServiceSettings


class Lines(Logger):  # type: ignore[misc]
    """gunicorn's own messages among our lines instead of beside them."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


def serve(settings: ServiceSettings, create_app: Callable[[Any], FlaskApp]) -> None:
    options = {
        "bind": f"{settings.host}:{settings.port}",
        "worker_class": "asgi",
        "workers": settings.web_processes,
        "worker_connections": 1000,
        "keepalive": 15,  # connections live shortly, so that new replicas get work
        "timeout": 60,
        "limit_request_line": 8190,  # gunicorn's most, and the gateway's: what came in there gets in here
        "graceful_timeout": settings.stop_seconds,
        "accesslog": None,
        "logger_class": Lines,
        "loglevel": "warning",
        "control_socket_disable": True,
        "worker_exit": lambda _arbiter, _worker: health.drain(),
    }

    class Web(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in options.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> FlaskApp:
            return create_app(settings)

    Web().run()
