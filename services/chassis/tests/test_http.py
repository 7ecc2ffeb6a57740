"""Calls to the outside: time-outs, careful repeats, our correlation id, nothing of the values in figures."""

import pytest
import requests
from prometheus_client import REGISTRY

from chassis import logs
from chassis.http import Client


def test_call_carries_the_correlation_id_and_is_counted(server):
    server.answers = [(200, {"ok": True})]

    with logs.correlated("test-correlation"):
        answer = Client("outside", timeout=2).get(f"{server.url}/people/123456789?q=x", operation="person")

    assert answer.json() == {"ok": True}
    assert server.asked[0][2]["X-Correlation-ID"] == "test-correlation"
    labels = {"client": "outside", "operation": "person", "outcome": "200"}
    assert REGISTRY.get_sample_value("outgoing_call_seconds_count", labels) == 1


def test_read_is_repeated_when_the_line_breaks_but_a_write_is_not(server):
    client = Client("outside", timeout=2, retries=2)
    server.answers = [(0, None), (0, None), (200, {})]
    assert client.get(server.url, operation="read").status_code == 200
    assert len(server.asked) == 3

    server.answers = [(0, None), (200, {})]
    with pytest.raises(requests.ConnectionError):
        client.post(server.url, operation="write")
    assert len(server.asked) == 4


def test_answer_worth_repeating_is_repeated_then_handed_over(server):
    server.answers = [(503, {})]

    answer = Client("outside", timeout=2, retries=1, retry_statuses={503}).get(server.url, operation="read")

    assert (answer.status_code, len(server.asked)) == (503, 2)


def test_silent_server_ends_in_a_timeout():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(requests.Timeout):
            Client("outside", timeout=0.2).get(url, operation="read")
