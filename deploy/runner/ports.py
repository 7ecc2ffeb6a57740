"""Who listens on a port that we want."""

from __future__ import annotations

import socket
from pathlib import Path

from runner.steps import Stop

LISTENING = "0A"


def ensure_free(wanted: dict[str, int]) -> None:
    busy = {name: port for name, port in wanted.items() if is_busy(port)}
    if busy:
        lines = [f"  {port} ({name}): {holder(port)}" for name, port in busy.items()]
        raise Stop(
            "these ports are taken:\n"
            + "\n".join(lines)
            + "\nEnd what holds them, or shift ours: ./dev up --offset 100"
        )


def is_busy(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def holder(port: int) -> str:
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:] if Path(table).exists() else []:
            parts = line.split()
            if parts[3] == LISTENING and int(parts[1].rpartition(":")[2], 16) == port:
                inodes.add(f"socket:[{parts[9]}]")
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            if any(str(link.readlink()) in inodes for link in (folder / "fd").iterdir()):
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
                return f"process {folder.name}, {command[:100]}"
        except OSError:
            continue
    return "a process of another user"
