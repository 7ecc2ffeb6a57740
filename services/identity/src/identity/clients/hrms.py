"""The employment register: an HTTP service with Basic authentication, or a file. Three answers, never an exception."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import requests

from chassis import logs
from chassis.http import Client
from identity.rules.employment import Answer

log = logs.get_logger(__name__)


@dataclass(frozen=True)
class Finding:
    """`bodies` are the register's own ids, the primary post first."""

    answer: Answer
    bodies: tuple[str, ...] = field(default=())


UNAVAILABLE = Finding(Answer.unavailable)
NOT_EMPLOYED = Finding(Answer.not_employed)


class EmploymentDirectory(Protocol):
    def look_up(self, tax_id: str) -> Finding: ...


class HttpDirectory:
    """The ΑΦΜ is appended to `url`, because that service prescribes it: the address is neither logged nor traced."""

    def __init__(self, *, url: str, username: str, password: str, timeout_seconds: float) -> None:
        self._url, self._credentials = url, (username, password)
        self._client = Client("hrms", timeout_seconds)

    def look_up(self, tax_id: str) -> Finding:
        try:
            answer = self._client.get(
                f"{self._url}{tax_id}", operation="look_up", auth=self._credentials, allow_redirects=False
            )
            return finding_of(answer.status_code, answer.json())
        except (requests.RequestException, ValueError) as error:
            log.warning("employment register gave no usable answer", reason=type(error).__name__)
            return UNAVAILABLE


@dataclass(frozen=True)
class FileDirectory:
    """JSON {tax id: [body ids]}; for bodies without access to the register. Who is not in it is not employed."""

    path: Path

    def look_up(self, tax_id: str) -> Finding:
        try:
            bodies = json.loads(self.path.read_text("utf-8")).get(tax_id, [])
        except (OSError, ValueError, AttributeError) as error:
            log.warning("employment file cannot be read", reason=type(error).__name__)
            return UNAVAILABLE
        return Finding(Answer.employed, tuple(map(str, bodies))) if bodies else NOT_EMPLOYED


class NoDirectory:
    """Nobody to ask: everybody may enter and stays `pending`."""

    def look_up(self, tax_id: str) -> Finding:  # noqa: ARG002 - the protocol's signature
        return UNAVAILABLE


def finding_of(status: int, content: Any) -> Finding:
    """«No» is only what the register says in its own format; a gateway's error page in front of it is an outage."""
    if status not in (200, 404) or not isinstance(content, dict):
        return UNAVAILABLE
    if "errorCode" in content:
        return NOT_EMPLOYED
    data = content.get("data")
    infos = (data.get("employmentInfos") or []) if isinstance(data, dict) else None
    if status != 200 or not isinstance(infos, list) or not all(isinstance(info, dict) for info in infos):
        return UNAVAILABLE
    primary_first = sorted(infos, key=lambda info: info.get("primary") is not True)
    bodies = [
        str(info["organicOrganizationId"]) for info in primary_first if info.get("organicOrganizationId") is not None
    ]
    return Finding(Answer.employed, tuple(dict.fromkeys(bodies))) if infos else NOT_EMPLOYED
