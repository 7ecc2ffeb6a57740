"""Any exception as a problem of RFC 9457, and small answers as ASGI messages."""

from collections.abc import Mapping
from html import escape
from string import Template
from typing import Any

from starlette.exceptions import HTTPException
from starlette.types import Send

from chassis import logs, problems
from chassis.errors import DomainError

log = logs.get_logger(__name__)
Header = tuple[bytes, bytes]


# Without style: the portal, whose it would be, is what just failed.
PAGE = Template("""<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title – e:Presence.gov.gr</title>
</head>
<body><main><h1>$title</h1><p>$detail</p><p><code>$instance</code></p></main></body>
</html>
""")


async def send_problem(send: Send, error: Exception, language: str, *, as_page: bool = False) -> None:
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
        page_of(body, language) if as_page else problems.dump(body).encode(),
        status=status,
        content_type="text/html; charset=utf-8" if as_page else problems.MEDIA_TYPE,
        headers=[
            (b"content-language", language.encode()),
            *((k.lower().encode(), v.encode()) for k, v in headers.items()),
        ],
    )


def page_of(problem: Mapping[str, Any], language: str) -> bytes:
    """The same words for a person, when there is no portal to say them."""
    words = {name: escape(str(problem[name])) for name in ("title", "detail", "instance")}
    return PAGE.substitute(words, language=language).encode()


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
