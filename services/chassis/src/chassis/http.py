"""Calls to the outside: always a timeout, a retry only where repeating is harmless, no value in any log."""

import time
from collections.abc import Collection
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from chassis import logs, metrics

log = logs.get_logger(__name__)
REPEATABLE = ("GET", "HEAD")


class Client:
    """`client.get(url, operation="employee")`: `operation` names the call in metrics and logs, the address never does.

    Raises requests' exceptions; answers of any status are returned, the caller knows what they mean.
    """

    def __init__(self, name: str, timeout: float, retries: int = 0, *, retry_statuses: Collection[int] = ()) -> None:
        self._name, self._timeout, self._retries = name, timeout, retries
        self._retry_statuses = frozenset(retry_statuses)
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy, no .netrc: where we call is what the settings say
        adapter = HTTPAdapter(pool_connections=4, pool_maxsize=16)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def get(self, url: str, *, operation: str, **arguments: Any) -> requests.Response:
        return self.request("GET", url, operation=operation, **arguments)

    def post(self, url: str, *, operation: str, **arguments: Any) -> requests.Response:
        return self.request("POST", url, operation=operation, **arguments)

    def request(self, method: str, url: str, *, operation: str, **arguments: Any) -> requests.Response:
        arguments.setdefault("timeout", self._timeout)
        headers = {"X-Correlation-ID": logs.correlation_id(), **(arguments.pop("headers", None) or {})}
        attempts = 1 + (self._retries if method in REPEATABLE else 0)
        for attempt in range(1, attempts + 1):
            last = attempt == attempts
            started, outcome = time.perf_counter(), "failed"
            try:
                answer = self._session.request(method, url, headers=headers, **arguments)
                outcome = str(answer.status_code)
                if last or answer.status_code not in self._retry_statuses:
                    return answer
            except (requests.ConnectionError, requests.Timeout) as error:
                outcome = type(error).__name__
                if last:
                    log.warning("call failed", client=self._name, operation=operation, reason=outcome)
                    raise
            finally:
                seconds = time.perf_counter() - started
                metrics.CALLS.labels(self._name, operation, outcome).observe(seconds)
            time.sleep(0.1 * 2**attempt)
        raise AssertionError("unreachable")
