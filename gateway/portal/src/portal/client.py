"""The portal's only way to data: calls to the gateway's internal listener in the name of the browser that asked."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import quote

import requests
from flask import Flask, current_app, g, request
from requests.adapters import HTTPAdapter

from chassis import logs
from portal import times
from portal.settings import Settings

SESSION_COOKIE = "__Host-epresence"
# What identity needs to recognise a sign-in under way; no other cookie of the browser leaves the portal.
SIGN_IN_COOKIES = ("__Host-epresence-signin", "__Host-epresence-state", "__Host-epresence-refusal")
Query = Mapping[str, Any]
RETRY_AFTER_SECONDS = 5
PASSED_ON = ("X-Client-Address", "traceparent", "tracestate")


@dataclass(frozen=True)
class Answer:
    """What the gateway answered to a call that succeeded."""

    status: int
    body: Any
    etag: str | None = None


@dataclass
class Problem(Exception):
    """What the gateway answered to a call that did not (RFC 9457)."""

    status: int
    type: str
    title: str = ""
    detail: str = ""
    instance: str = ""
    errors: list[dict[str, str]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    retry_after: int | None = None

    def __str__(self) -> str:
        return f"{self.status} {self.type}"


class Client:
    """One per process; each call belongs to the request in hand."""

    def __init__(self, settings: Settings) -> None:
        self.base = settings.gateway
        self.timeout = (settings.connect_timeout_seconds, settings.read_timeout_seconds)
        self.session = requests.Session()
        self.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # a shared jar would mix up people
        self.session.trust_env = False
        self.session.mount("http://", HTTPAdapter(pool_connections=1, pool_maxsize=settings.web_threads))

    def get(self, path: str, query: Query | None = None, *, polling: bool = False, etag: str | None = None) -> Answer:
        """Read; `polling` marks a call no person made, which must not prolong the session."""
        headers = ({"X-Polled": "true"} if polling else {}) | ({"If-None-Match": etag} if etag else {})
        return self._call("GET", path, headers=headers, params=_given(query or {}))

    def post(self, path: str, body: Any = None, *, idempotency_key: str | None = None) -> Answer:
        """Act; a key makes a double click one act."""
        return self._call("POST", path, headers=_given({"Idempotency-Key": idempotency_key}), body=body)

    def patch(self, path: str, body: Any, *, etag: str) -> Answer:
        """Change what was read as `etag`."""
        return self._call("PATCH", path, headers={"If-Match": etag}, body=body)

    def put(self, path: str, body: Any) -> Answer:
        """Choose, whatever was chosen before."""
        return self._call("PUT", path, headers={}, body=body)

    def delete(self, path: str) -> Answer:
        """Remove, cancel, withdraw."""
        return self._call("DELETE", path, headers={})

    def stream(self, path: str) -> requests.Response:
        """A file, handed on as it comes."""
        return self._send("GET", path, headers={"Accept": "*/*"}, stream=True)

    def _call(
        self, method: str, path: str, *, headers: Mapping[str, str], body: Any = None, params: Any = None
    ) -> Answer:
        response = self._send(method, path, headers=headers, json_body=body, params=params)
        content = response.json() if response.content else None
        return Answer(response.status_code, content, response.headers.get("ETag"))

    def _send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        json_body: Any = None,
        params: Any = None,
        stream: bool = False,
    ) -> requests.Response:
        sent = self._headers() | dict(headers)
        data = None
        if json_body is not None:
            data = json.dumps(json_body).encode()
            sent["Content-Type"] = "application/json"
        attempts = 2 if method == "GET" else 1  # a kept connection may have been closed under us
        for attempt in range(attempts):
            try:
                response = self.session.request(
                    method,
                    self.base + path,
                    headers=sent,
                    data=data,
                    params=params,
                    timeout=self.timeout,
                    allow_redirects=False,
                    stream=stream,
                )
                break
            except requests.Timeout as error:
                raise _unanswered(504, "gateway-timeout") from error
            except requests.RequestException as error:
                if attempt + 1 == attempts:
                    raise _unanswered(503, "service-unavailable") from error
        given = response.raw.headers.getlist("Set-Cookie")
        g.setdefault("set_cookies", []).extend(given)
        if given:
            _take_session_over(given)
        if response.status_code >= 400:
            raise _problem(response)
        return response

    def _headers(self) -> dict[str, str]:
        headers = {"Accept": "application/json, application/problem+json", "Accept-Language": times.language()}
        headers["X-Correlation-ID"] = logs.correlation_id()
        headers["User-Agent"] = request.headers.get("User-Agent", "")[:300]  # sessions are told apart by device
        if session := session_in_hand():
            headers["Authorization"] = f"Session {quote(session, safe='-._~+/=')}"
        if pending := [f"{name}={quote(request.cookies[name])}" for name in SIGN_IN_COOKIES if name in request.cookies]:
            headers["Cookie"] = "; ".join(pending)
        return headers | {name: request.headers[name] for name in PASSED_ON if name in request.headers}


def session_in_hand() -> str | None:
    """The session's secret: the browser's, or the one it is being given with this very answer."""
    value: str | None = g.get("session_given") or request.cookies.get(SESSION_COOKIE)
    return value


def _take_session_over(cookies: list[str]) -> None:
    """A page that is shown by a form which signed somebody in shows them signed in, and its own forms go through."""
    for cookie in cookies:
        name, _, rest = cookie.partition("=")
        if name == SESSION_COOKIE and (value := rest.partition(";")[0].strip('"')):
            g.session_given = value
            g.pop("session", None)


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "")}


def _unanswered(status: int, type: str) -> Problem:
    """In the gateway's place; support finds the request by its id all the same."""
    return Problem(status, type, instance=logs.correlation_id(), retry_after=RETRY_AFTER_SECONDS)


def _problem(response: requests.Response) -> Problem:
    try:
        answer = response.json()
    except ValueError:
        answer = None
    body = answer if isinstance(answer, dict) else {}  # a proxy between us may answer its own page
    named = ("type", "title", "status", "detail", "instance", "errors")
    wait = response.headers.get("Retry-After", "")
    return Problem(
        status=response.status_code,
        type=str(body.get("type", "")).rsplit("/", 1)[-1],
        title=body.get("title", ""),
        detail=body.get("detail", ""),
        instance=body.get("instance", "") or response.headers.get("X-Correlation-ID", ""),
        errors=body.get("errors", []),
        facts={name: value for name, value in body.items() if name not in named},
        retry_after=int(wait) if wait.isdigit() else None,
    )


def init_app(app: Flask, settings: Settings) -> None:
    """Give the app its client; cookies the gateway sets reach the browser unchanged."""
    app.extensions["gateway"] = Client(settings)

    @app.after_request
    def pass_cookies_on(response: Any) -> Any:
        for cookie in g.get("set_cookies", []):
            response.headers.add("Set-Cookie", cookie)
        return response


def gateway() -> Client:
    """The client of this process."""
    client: Client = current_app.extensions["gateway"]
    return client
