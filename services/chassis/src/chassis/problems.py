"""RFC 9457 in the caller's language. Titles and advice come from the catalogue in `contracts/problems/`, and from
`contracts/rights.yaml` why something is forbidden."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from chassis import contracts
from chassis.logs import correlation_id

LANGUAGES = ["el", "en"]
MEDIA_TYPE = "application/problem+json"
UNKNOWN = "internal-error"
FORBIDDEN = "forbidden"

# What refuses without a name of its own: routing, connexion, security.
TYPE_OF_STATUS = {
    400: "invalid-request",
    401: "not-signed-in",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    413: "too-large",
    415: "unsupported-media-type",
    429: "too-many-attempts",
    503: "temporarily-unavailable",
}


@lru_cache(maxsize=256)
def language_of(accept_language: str) -> str:
    return parse_accept_header(accept_language, LanguageAccept).best_match(LANGUAGES, default="el") or "el"


def body(
    type_: str,
    language: str,
    *,
    status: int | None = None,
    facts: Mapping[str, Any] | None = None,
    errors: Sequence[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """The problem as the caller reads it. Facts that the catalogue does not name stay here."""
    catalogue = contracts.problems()
    entry = catalogue.get(type_) or catalogue[UNKNOWN]
    why = contracts.reason_in_words((facts or {}).get("reason")) if type_ == FORBIDDEN else None
    problem: dict[str, Any] = {
        "type": f"/problems/{type_}",
        "title": entry["title"][language],
        "status": status or entry["status"],
        "detail": (why or entry["detail"])[language],
        "instance": correlation_id(),
    }
    known = set(entry.get("facts", ()))
    problem.update({name: value for name, value in (facts or {}).items() if name in known})
    if errors:
        problem["errors"] = list(errors)
    return problem


def dump(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> str:
    """Times and ids as the contracts write them."""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
