"""Both listening sockets and what runs behind them; tests start it on free ports."""

import threading
from typing import Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from sandbox.app import create_app
from sandbox.mailbox import smtp
from sandbox.world import World


class Quiet(WSGIRequestHandler):
    """Request lines hold codes and tax numbers: none is logged. HTTP/1.1, for clients that read no other."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body leave in two writes: else each answer waits for an acknowledgement

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        pass


class Patient(ThreadedWSGIServer):
    """A thread per connection: hundreds may hang in a fault while others are served."""

    request_queue_size = 1024
    daemon_threads = True


class Server:
    def __init__(self, world: World) -> None:
        settings = world.settings
        self.world = world
        self._http = Patient(settings.sandbox_host, settings.sandbox_port, create_app(world), Quiet)
        self._smtp = smtp.serve(world.mailbox, world.faults, settings.sandbox_host, settings.sandbox_smtp_port)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.1,), name="http", daemon=True)

    @property
    def port(self) -> int:
        return self._http.port

    def start(self) -> None:
        self.world.start()
        self._smtp.start()
        self._thread.start()

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._smtp.stop()
        self.world.stop()
