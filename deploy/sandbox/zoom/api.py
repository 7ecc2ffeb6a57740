"""What every call of the API shares: token, scope, limits, headers, the shape of answers, faults."""

import itertools
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, current_app, request

from sandbox.failing import Answer, meet
from sandbox.world import current
from sandbox.zoom import ids
from sandbox.zoom.errors import ZoomError
from sandbox.zoom.limits import PER_SECOND, UnlabelledRefusalError, per_second
from sandbox.zoom.oauth import ensure_authorised
from sandbox.zoom.operations import LIGHT, OPERATIONS

routes = Blueprint("zoom_api", __name__, url_prefix="/zoom/v2")

Result = tuple[int, dict[str, Any] | None]
Work = Callable[..., Result]

EVERY_METHOD = ["GET", "POST", "PUT", "PATCH", "DELETE"]
FAILURES = itertools.cycle([(500, True), (502, False), (503, False)])  # with and without the API's JSON


def operation(name: str, method: str, rule: str) -> Callable[[Work], Work]:
    """Serve one operation of the table; the work runs holding the account's lock."""

    def register(work: Work) -> Work:
        def handle(**path: Any) -> Response:
            return meet(current().faults, "zoom", name, lambda: _answer(name, work, path), BROKEN)

        routes.add_url_rule(rule, name.replace(".", "_"), handle, methods=[method])
        return work

    return register


def _answer(name: str, work: Work, path: dict[str, Any]) -> Response:
    zoom, limits = current().zoom, {}
    try:
        ensure_authorised(name)
        limits = zoom.limits.spend(OPERATIONS[name].category)
        with zoom.lock:
            status, body = work(**path)
        return _respond(status, body, limits)
    except UnlabelledRefusalError as refusal:
        limits.pop("X-RateLimit-Type", None)
        return _respond(refusal.status, refusal.body, limits | refusal.headers)
    except ZoomError as refusal:
        return _respond(refusal.status, refusal.body, limits | refusal.headers)


@routes.route("/<path:rest>", methods=EVERY_METHOD)
def unknown(rest: str) -> Response:
    return _respond(404, {"code": 2300, "message": f"This API endpoint is not recognized: /{rest}."}, {})


def _respond(status: int, body: dict[str, Any] | None, headers: dict[str, str]) -> Response:
    answer = Response(status=status)
    if body is None:
        del answer.headers["Content-Type"]
    else:
        answer.data = current_app.json.dumps(body)
        answer.content_type = "application/json;charset=UTF-8"
    answer.headers["x-zm-trackingid"] = ids.tracking()
    answer.headers.update(headers)
    return answer


def json_body() -> dict[str, Any]:
    if not request.data:
        return {}
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        raise ZoomError(400, 300, "Request Body should be a valid JSON object.")
    return body


def _failure() -> Response:
    status, has_json = next(FAILURES)
    if has_json:
        return _respond(status, {"code": status, "message": "Internal Server Error"}, {})
    return Response("<html><body>upstream failed</body></html>", status, content_type="text/html")


def _limited() -> Response:
    zoom = current().zoom
    refusal = per_second(LIGHT, PER_SECOND[zoom.limits.plan][LIGHT], zoom.clock.now())
    return _respond(refusal.status, refusal.body, refusal.headers)


BROKEN: dict[str, Answer] = {
    "error": _failure,
    "rate_limited": _limited,
    "malformed": lambda: Response('{"id":', 200, content_type="application/json;charset=UTF-8"),
}
