"""Uuids in paths: Zoom decodes once when routing, and once more only what still holds an encoded slash."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import unquote, unquote_to_bytes

from sandbox.zoom.errors import no_meeting

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SLASH = "\ue000"  # stands for a slash that was encoded once, so that it does not split the path
PREFIX = "/zoom/v2/"


class KeepEncodedSlashes:
    """WSGI hands over decoded paths only; decode again from the raw one, segment by segment."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        raw = str(environ.get("REQUEST_URI", "")).split("?", 1)[0]
        if raw.startswith(PREFIX):
            segments = (unquote_to_bytes(part).replace(b"/", SLASH.encode()) for part in raw.split("/"))
            environ["PATH_INFO"] = b"/".join(segments).decode("latin-1")
        return self._app(environ, start_response)


def instance_key(segment: str) -> str:
    """The uuid meant; one that needs double encoding and came encoded once is not found."""
    if SLASH in segment:
        key = segment.replace(SLASH, "/")
        if key.startswith("/") or "//" in key:
            raise no_meeting(key)
        return key
    return unquote(segment) if "%2f" in segment.lower() else segment
