"""A closed loop of GETs over connections kept open, with little work of its own: the other side is to be measured."""

import selectors
import socket
import time
from typing import cast


def requests_per_second(port: int, request: bytes, *, seconds: float, connections: int) -> float:
    selector = selectors.DefaultSelector()
    try:
        for _ in range(connections):
            _open(selector, port, request)
        began, answered = time.monotonic(), 0
        while (now := time.monotonic()) - began < seconds:
            for key, _ in selector.select(timeout=1):
                answered += _read(selector, key, port, request)
        return answered / (now - began)
    finally:
        for key in list(selector.get_map().values()):
            _line_of(key).close()
        selector.close()


def _open(selector: selectors.BaseSelector, port: int, request: bytes) -> None:
    line = socket.create_connection(("127.0.0.1", port))
    line.sendall(request)
    selector.register(line, selectors.EVENT_READ, bytearray())


def _read(selector: selectors.BaseSelector, key: selectors.SelectorKey, port: int, request: bytes) -> int:
    line, answer = _line_of(key), key.data
    data = line.recv(65_536)
    if not data:  # the server ended a connection between two requests, as servers may
        selector.unregister(line)
        line.close()
        _open(selector, port, request)
        return 0
    answer += data
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        return 0
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"not an answer to measure: {bytes(head[:200])!r}")
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    if len(body) < length:
        return 0
    answer.clear()
    line.sendall(request)
    return 1


def _line_of(key: selectors.SelectorKey) -> socket.socket:
    return cast(socket.socket, key.fileobj)
