"""One running suite: its folder, its ports, its mark. Several may run side by side, each with an offset of its own."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from runner.places import ROOT, SERVICES

PORTS = {
    "gateway": 8080,
    "gateway.internal": 8081,
    "gateway.ops": 8180,
    "portal": 8082,
    "sandbox": 8090,
    "sandbox.smtp": 8025,
    **{f"{service}.web": 8101 + n for n, service in enumerate(SERVICES)},
    **{f"{service}.worker": 8201 + n for n, service in enumerate(SERVICES)},
    "postgres": 8432,
    "rabbitmq": 8572,
    "rabbitmq.distribution": 8573,
    "rabbitmq.epmd": 8574,
}

# Every process of a suite carries this in its environment: what a killed runner left behind is found by it.
MARK = "EPRESENCE_RUN"


@dataclass(frozen=True)
class Suite:
    home: Path
    offset: int = 0
    fast: bool = False  # for tests: data may be lost when the machine dies

    @property
    def id(self) -> str:
        return hashlib.sha256(str(self.home).encode()).hexdigest()[:16]

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    def port(self, name: str) -> int:
        return PORTS[name] + self.offset

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port(name)}"

    def prepare(self) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o711)  # PostgreSQL may run as another user below it; its files have modes of their own


def chosen(offset: int | None = None) -> Suite:
    """The suite that EPRESENCE_HOME and EPRESENCE_OFFSET (or --offset) name."""
    shift = offset if offset is not None else int(os.environ.get("EPRESENCE_OFFSET", "0"))
    default = ROOT / ".run" / (f"offset-{shift}" if shift else "suite")
    return Suite(Path(os.environ.get("EPRESENCE_HOME", default)).resolve(), shift)
