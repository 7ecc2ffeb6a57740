"""A form sent twice is one act: what it tells the API so by."""

import hashlib
import json
from typing import Any
from uuid import uuid4

from wtforms import HiddenField


class RequestKey(HiddenField):  # type: ignore[misc]
    """Made with the form that is shown, and sent back with it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default=lambda: str(uuid4()), **kwargs)

    def for_body(self, body: dict[str, Any]) -> str:
        """A double click or a reload is one act; the same form sent again with other words is another."""
        digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:32]
        return f"{(self.data or '')[:36]}-{digest}"
