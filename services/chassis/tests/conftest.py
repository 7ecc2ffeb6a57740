"""A service of two tables, to test the chassis as services use it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pika
import pytest

from chassis.broker import Names
from chassis.settings import find_contracts
from chassis.testing import ServiceUnderTest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # `sample` stands for an installed service

from sample.parts import FIRED, PARTS  # noqa: E402


@pytest.fixture
def fired() -> list[str]:
    FIRED.clear()
    return FIRED


@pytest.fixture(scope="session")
def contracts_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("contracts")
    shutil.copytree(find_contracts(), folder, dirs_exist_ok=True)
    shutil.copytree(HERE / "sample" / "contracts", folder, dirs_exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def service_under_test(contracts_dir: Path) -> ServiceUnderTest:
    return ServiceUnderTest(**PARTS, env={"COLOUR": "red", "CONTRACTS_DIR": str(contracts_dir)})


@pytest.fixture
def free_port() -> Callable[[], int]:
    def find() -> int:
        with closing(socket.create_server(("127.0.0.1", 0))) as server:
            return server.getsockname()[1]

    return find


@pytest.fixture
def start(settings) -> Iterator[Callable[..., subprocess.Popen]]:
    """Start the sample as a process of its own: `start("worker", OPS_PORT=…)`."""
    processes: list[subprocess.Popen] = []

    def run(*words: str, **environment: object) -> subprocess.Popen:
        values = {name.upper(): str(value) for name, value in settings.model_dump().items() if value is not None}
        values |= {name: str(value) for name, value in environment.items()}
        path = os.pathsep.join([str(HERE), *filter(None, sys.path)])
        command = [sys.executable, "-m", "sample", *words]
        process = subprocess.Popen(
            command,
            env={**os.environ, "PYTHONPATH": path, **values},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        processes.append(process)
        return process

    yield run
    for process in processes:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # gunicorn's worker too
        process.communicate()


@pytest.fixture
def clean_broker(settings):
    """Nothing of this test is left at the broker."""
    yield
    names = Names.of(settings)
    with pika.BlockingConnection(pika.URLParameters(settings.amqp_url)) as connection:
        channel = connection.channel()
        for queue in (names.queue, names.dead):
            channel.queue_delete(queue)
        for exchange in (names.internal, names.public):
            channel.exchange_delete(exchange)


class Server:
    """An HTTP server that answers what it is told and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, object]] = []
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append((self.command, self.path, dict(self.headers)))
                status, body = outer.answers.pop(0) if len(outer.answers) > 1 else outer.answers[0]
                if status == 0:  # hang up without a word
                    self.close_connection = True
                    return
                raw = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            do_POST = do_GET

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()
