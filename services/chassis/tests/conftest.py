"""A service of two tables, to test the chassis as services use it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

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
