"""What the images bring along besides our packages."""

import socket
import subprocess
import sys
import threading
import time

import pytest

from runner.places import ROOT


class Container:
    """A port of this machine that is asked once, and answers in pieces, as the services' own listeners do."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = str(self.listener.getsockname()[1])
        self.asked = b""
        self.hung_up_on = False
        self._pieces = pieces
        self._thread = threading.Thread(target=self._answer)
        self._thread.start()

    def _answer(self) -> None:
        with self.listener, self.listener.accept()[0] as connection:
            self.asked = connection.recv(1000)
            try:
                for piece in self._pieces:
                    connection.sendall(piece)
                    time.sleep(0.1)
            except OSError:
                self.hung_up_on = True

    def done(self) -> None:
        self._thread.join(10)


@pytest.mark.parametrize(
    ("answer", "code"),
    [(b"HTTP/1.0 200 OK\r\n", 0), (b"HTTP/1.0 503 Service Unavailable\r\n", 1), (b"HTTP/1.0 404 Not Found\r\n", 1)],
)
def test_a_container_is_healthy_when_it_answers_200(answer: bytes, code: int) -> None:
    container = Container([answer + b"X-Limit: all 200 of it\r\n\r\n", b"some", b" more", b" text"])

    found = subprocess.run([sys.executable, "-IS", ROOT / "deploy/images/healthy", container.port], check=False)

    container.done()
    assert found.returncode == code
    assert container.asked.startswith(b"GET /health/ready HTTP/1.0\r\n")
    assert not container.hung_up_on


def test_a_container_that_does_not_listen_is_not_healthy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])

    found = subprocess.run(
        [sys.executable, "-IS", ROOT / "deploy/images/healthy", port], check=False, capture_output=True
    )

    assert found.returncode != 0
