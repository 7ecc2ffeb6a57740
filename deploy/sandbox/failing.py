"""How a fault reaches an HTTP caller."""

import socket
import time
from collections.abc import Callable

from flask import Response, request

from sandbox.faults import SLOW_SECONDS, Faults

Answer = Callable[[], Response]


def meet(
    faults: Faults,
    target: str,
    operation: str,
    work: Answer,
    answers: dict[str, Answer],
    *,
    only_if_named: bool = False,
) -> Response:
    """Do the work, or what the fault of the moment makes of it; `answers` are the target's own broken answers."""
    fault = faults.take(target, operation, only_if_named)
    if fault is None:
        return work()
    if fault.mode == "slow":
        time.sleep(fault.delay_seconds or SLOW_SECONDS)
        return work()
    if fault.mode == "timeout":
        faults.hang(fault)
        return hang_up()
    if fault.mode == "drop":
        return hang_up()
    if fault.mode == "lost_answer":
        work()
        return hang_up()
    return answers[fault.mode]() if fault.mode in answers else answers["error"]()


def hang_up() -> Response:
    """Close the connection without a word: the caller cannot know whether anything was done."""
    connection: socket.socket | None = request.environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
    return Response(status=500)
