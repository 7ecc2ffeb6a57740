"""Leading the browser to another site after a form.

Chromium holds `form-action` against the redirects of a form post too, so such an answer is a page of ours with a link
and an immediate refresh. It also tells people what is going to happen.
"""

from typing import Any
from urllib.parse import urlsplit

from flask import render_template

from portal.client import Problem


def onward(address: str, title: Any, words: Any, label: Any) -> Any:
    """Go to `address`, which the gateway named."""
    if urlsplit(address).scheme not in ("http", "https"):
        raise Problem(502, "bad-gateway")
    return render_template("onward.html", address=address, title=title, words=words, label=label)
