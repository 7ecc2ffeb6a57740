"""Health and figures of a process that answers nobody else, on its own port."""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from chassis import health, logs, metrics
from chassis.settings import ServiceSettings

log = logs.get_logger(__name__)


class Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """A probe that hung up is no news; anything else belongs in the log."""
        if not isinstance(sys.exception(), ConnectionError):
            log.exception("probe not answered")


def serve(settings: ServiceSettings, package: str) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            match self.path:
                case "/health/live":
                    self._answer(200, b'{"status":"ok"}', "application/json")
                case "/health/ready":
                    missing = health.problem_of(package)
                    body = json.dumps({"status": missing or "ok"}).encode()
                    self._answer(503 if missing else 200, body, "application/json")
                case "/metrics":
                    self._answer(200, *metrics.render())
                case _:
                    self._answer(404, b"", "text/plain")

        def _answer(self, status: int, body: bytes, content_type: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Probes every few seconds are no news."""

    server = Server((settings.host, settings.ops_port), Handler)
    threading.Thread(target=server.serve_forever, name="ops", daemon=True).start()
    return server
