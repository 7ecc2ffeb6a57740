"""From a contract to an application. Handlers answer through `reply()`; refusals are raised, and rendered here."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import flask
from connexion import FlaskApp
from connexion.exceptions import ProblemException
from connexion.lifecycle import ConnexionRequest, ConnexionResponse
from connexion.middleware import MiddlewarePosition
from connexion.resolver import RelativeResolver
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException

from chassis import contracts, db, health, logs, metrics, preconditions, problems, tokens, validation
from chassis.bridge import Bridge
from chassis.errors import DomainError, Unavailable
from chassis.observing import Observing
from chassis.settings import ServiceSettings

log = logs.get_logger(__name__)


def create_app(settings: ServiceSettings, *, contract: str, package: str) -> FlaskApp:
    """`package` holds one module per resource; `operationId: <module>.<function>` names the handler in it."""
    contracts.use(settings.contracts_dir)
    keys = tokens.configure(settings)
    engine = db.connect(settings)

    @asynccontextmanager
    async def lifespan(_app: Any) -> AsyncIterator[None]:
        keys.start()
        yield
        keys.stop()
        engine.dispose()

    specification = _fixed_paths_first(contracts.openapi(contract))
    app = FlaskApp(package, lifespan=lifespan, strict_validation=True, validator_map=validation.validator_map())
    app.add_api(specification, resolver=RelativeResolver(package), validate_responses=settings.validate_responses)
    app.app.extensions["chassis"] = settings
    app._middleware_app.asgi_app = Bridge(app.app.wsgi_app, threads=settings.web_threads)
    app.add_middleware(
        Observing,
        MiddlewarePosition.BEFORE_EXCEPTION,
        specification=specification,
        package=package,
        max_body_bytes=settings.max_body_bytes,
    )
    for error in (DomainError, ProblemException, HTTPException, Exception):
        app.add_error_handler(error, refuse)
    add_operations(app, package.partition(".")[0])
    return app


def _fixed_paths_first(specification: dict[str, Any]) -> dict[str, Any]:
    """Starlette takes the first route that fits, Flask the most exact: `/things/{id}` before `/things/newest` would
    give the handler of one the security and checks of the other."""
    paths = sorted(
        specification["paths"].items(), key=lambda item: [("{" in part, part) for part in item[0].split("/")]
    )
    return {**specification, "paths": dict(paths)}


def add_operations(app: FlaskApp, package: str) -> None:
    """Health and metrics stand beside the contract: the gateway never forwards them."""

    def live() -> flask.Response:
        return reply({"status": "ok"})

    def ready() -> flask.Response:
        missing = health.problem_of(package)
        return reply({"status": missing or "ok"}, status=503 if missing else 200)

    def figures() -> flask.Response:
        body, content_type = metrics.render()
        return flask.Response(body, content_type=content_type)

    app.add_url_rule("/health/live", "health_live", live)
    app.add_url_rule("/health/ready", "health_ready", ready)
    app.add_url_rule("/metrics", "metrics", figures)


def reply(
    body: Any = None,
    status: int = 200,
    etag: int | str | None = None,
    headers: Mapping[str, str] | None = None,
    content_type: str = "application/json",
) -> flask.Response:
    """The one way to answer: connexion would refuse a bare dictionary after the commit. Bytes go out as they are."""
    response = flask.Response(status=status)
    if body is not None:
        response.data = body if isinstance(body, bytes) else problems.dump(body)
        response.content_type = content_type
    else:
        response.headers.remove("Content-Type")
    response.headers.update(headers or {})
    if etag is not None:
        response.headers["ETag"] = preconditions.etag(etag) if isinstance(etag, int) else f'"{etag}"'
        response.make_conditional(flask.request)
    return response


def correlation_id() -> str:
    return logs.correlation_id()


def language() -> str:
    """`el` or `en`, as the caller asks; Greek when it does not."""
    return problems.language_of(flask.request.headers.get("Accept-Language", ""))


def client_address() -> str:
    """Whom the gateway serves; believed only from the gateway. For guessing limits, never for a log or a table."""
    if tokens.is_internal_secret(flask.request.headers.get("X-Internal", "")):
        return flask.request.headers.get("X-Client-Address", "")[:100] or "unknown"
    return flask.request.remote_addr or "unknown"


async def refuse(request: ConnexionRequest, error: Exception) -> ConnexionResponse:
    """Any exception as a problem. What we did not foresee is logged here and told to nobody."""
    error = _translate(request, error)
    language = problems.language_of(request.headers.get("accept-language", ""))
    headers = {"Content-Language": language, "Vary": "Accept-Language", "Cache-Control": "no-store"}
    facts: Mapping[str, Any] = {}
    errors: list[dict[str, str]] = []
    if isinstance(error, DomainError):
        type_, status, facts = error.type, error.status, error.facts
        errors = list(error.facts.get("errors", ()))
        headers |= error.headers()
    elif isinstance(error, HTTPException) and error.status_code < 500:
        status = error.status_code
        type_ = problems.TYPE_OF_STATUS.get(status, "invalid-request")
        headers |= {name: value for name, value in (error.headers or {}).items() if name.lower() in ("allow",)}
    else:
        type_, status = problems.UNKNOWN, 500
        log.error("unexpected error", reason=type(error).__name__, exc_info=error)
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    content = problems.dump(problems.body(type_, language, status=status, facts=facts, errors=errors))
    return ConnexionResponse(status, problems.MEDIA_TYPE, problems.MEDIA_TYPE, body=content, headers=headers)


def _translate(request: ConnexionRequest, error: Exception) -> Exception:
    if db.is_away(error) or db.is_busy(error):
        log.warning("database away or busy", reason=type(error).__name__)
        return Unavailable()
    if isinstance(error, StaleDataError):
        return preconditions.PreconditionFailed() if "if-match" in request.headers else ChangedMeanwhile()
    return error


class ChangedMeanwhile(DomainError):
    """Somebody else's change was committed between our reading and writing."""

    type, status = "changed-meanwhile", 409
