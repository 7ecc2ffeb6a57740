"""One correlation id, one log line and one figure per request: route templates only, never an address."""

import time
from contextlib import ExitStack
from typing import Any

from flask import Flask, Response, abort, g, request

from chassis import logs, metrics

log = logs.get_logger("access")
QUIET = {"static", "bootstrap.static", "healthy", "figures"}


def init_app(app: Flask) -> None:
    """Watch every request; answer the probes of operators."""

    @app.before_request
    def begin() -> None:
        g.started = time.perf_counter()
        g.watching = ExitStack()
        g.watching.enter_context(logs.correlated(request.headers.get("X-Correlation-ID")))

    @app.after_request
    def record(response: Any) -> Any:
        seconds = time.perf_counter() - g.started
        route = request.endpoint or "none"
        metrics.REQUESTS.labels(route, request.method, response.status_code).observe(seconds)
        response.headers["X-Correlation-ID"] = logs.correlation_id()
        if route not in QUIET:
            template = str(request.url_rule or "none")
            ms = round(seconds * 1000, 1)
            log.info("answered", method=request.method, route=template, status=response.status_code, ms=ms)
        return response

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        if "watching" in g:
            g.watching.close()

    @app.get("/health/live")
    @app.get("/health/ready")
    def healthy() -> Response:
        return Response('{"status":"ok"}', mimetype="application/json")

    @app.get("/metrics")
    def figures() -> Response:
        if "X-Client-Address" in request.headers:
            abort(404)  # it came through the public door
        body, content_type = metrics.render()
        return Response(body, content_type=content_type)
