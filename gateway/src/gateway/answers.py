"""Any exception as a problem of RFC 9457, and small answers as ASGI messages."""

from starlette.exceptions import HTTPException
from starlette.types import Send

from chassis import logs, problems
from chassis.errors import DomainError

log = logs.get_logger(__name__)
Header = tuple[bytes, bytes]


async def send_problem(send: Send, error: Exception, language: str) -> None:
    facts = error.facts if isinstance(error, DomainError) else {}
    headers = error.headers() if isinstance(error, DomainError) else {}
    if isinstance(error, DomainError):
        type_, status = error.type, error.status
    elif isinstance(error, HTTPException) and error.status_code < 500:
        type_, status = problems.TYPE_OF_STATUS.get(error.status_code, "invalid-request"), error.status_code
    else:
        type_, status = problems.UNKNOWN, 500
        log.error("unexpected error", reason=type(error).__name__, exc_info=error)
    body = problems.body(type_, language, status=status, facts=facts, errors=facts.get("errors", ()))
    await send_bytes(
        send,
        problems.dump(body).encode(),
        status=status,
        content_type=problems.MEDIA_TYPE,
        headers=[
            (b"content-language", language.encode()),
            *((k.lower().encode(), v.encode()) for k, v in headers.items()),
        ],
    )


async def send_bytes(
    send: Send,
    body: bytes,
    *,
    status: int = 200,
    content_type: str = "application/json",
    headers: list[Header] | None = None,
) -> None:
    own = [(b"content-type", content_type.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*own, *(headers or [])]})
    await send({"type": "http.response.body", "body": body})
