"""The web process: gunicorn with threads, answering until it is told to stop."""

from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from portal.app import create_app
from portal.settings import Settings


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn configured by our settings instead of its command line."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": f"{self.settings.host}:{self.settings.port}",
            "worker_class": "gthread",
            "workers": self.settings.web_processes,
            "threads": self.settings.web_threads,
            "graceful_timeout": self.settings.stop_seconds,
            "keepalive": 15,
            "control_socket_disable": True,
            "accesslog": None,  # its lines would hold tokens; ours hold the route's template
            "errorlog": "-",
            "loglevel": "warning",
            "proc_name": "portal",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return create_app(self.settings)


def serve(settings: Settings) -> None:
    """Answer until SIGTERM."""
    Server(settings).run()
