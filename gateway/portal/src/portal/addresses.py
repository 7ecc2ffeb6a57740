"""Local addresses: where to lead a person back to, never away from us."""

import re
from urllib.parse import urlencode

from flask import request
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException

# A path of ours: one slash, then no second slash or backslash, which browsers read as another host.
LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def local(target: str | None, otherwise: str = "/") -> str:
    """The target if it is a path of ours, else the other one."""
    return target if target and len(target) <= 2000 and LOCAL.fullmatch(target) else otherwise


def page_in_hand() -> str:
    """The address that shows the page in hand again: its own, or after a form the nearest page above it."""
    if request.method in ("GET", "HEAD"):
        return local(request.full_path.rstrip("?"))
    path = request.path
    while path != "/" and not _has_page(path):
        path = path.rpartition("/")[0] or "/"
    return local(path)


def sign_in(back_to: str | None = None) -> str:
    """«Είσοδος», coming back to a page."""
    return f"/auth/login?{urlencode({'next': local(back_to)})}" if back_to else "/auth/login"


def sign_in_again(back_to: str | None = None) -> str:
    """«Είσοδος» after the session's end, back to the page in hand or the one named."""
    return sign_in(back_to or page_in_hand())


def _has_page(path: str) -> bool:
    adapter = request_ctx.url_adapter
    try:
        return adapter is not None and bool(adapter.match(path, method="GET"))
    except HTTPException:
        return False
