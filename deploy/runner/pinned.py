"""`python -m runner.pinned [--check]`: for each image the part of the lock that its package needs, hashes and all.

One lock serves development; an image of notifications should not carry what only the portal needs.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from runner.places import PACKAGES, ROOT

LOCK = ROOT / "requirements-dev.txt"
FOLDER = ROOT / "deploy" / "images" / "requirements"
PYTHONS = ("3.11", "3.12", "3.13")  # an image may run another one than this machine
HEADER = "# Part of requirements-dev.txt, written by `python -m runner.pinned`. Do not edit.\n"


def main() -> int:
    blocks = blocks_of(LOCK.read_text())
    ours = dict(map(declared, PACKAGES))
    wanted = {
        name.removeprefix("epresence-"): render(name, ours, blocks) for name in ours if name != "epresence-chassis"
    }
    if "--check" in sys.argv:
        stale = [
            name for name, text in wanted.items() if not file_of(name).exists() or file_of(name).read_text() != text
        ]
        if stale:
            print(f"deploy/images/requirements is behind for {', '.join(stale)}: run python -m runner.pinned")
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in wanted.items():
        file_of(name).write_text(text)
    return 0


def file_of(name: str) -> Path:
    return FOLDER / f"{name}.txt"


def declared(package: Path) -> tuple[str, list[str]]:
    project = tomllib.loads((package / "pyproject.toml").read_text())["project"]
    return str(project["name"]), list(project["dependencies"])


def blocks_of(lock: str) -> dict[str, str]:
    """Distribution → its pin with the hashes, without the comments."""
    found: dict[str, str] = {}
    for block in re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE)[1:]:
        lines = [line for line in block.splitlines() if line.strip() and not line.lstrip().startswith("#")]
        name = re.split(r"[=\[ ;]", lines[0], maxsplit=1)[0]
        found[canonicalize_name(name)] = "\n".join(lines).rstrip(" \\") + "\n"
    return found


def render(name: str, ours: dict[str, list[str]], blocks: dict[str, str]) -> str:
    needed = closure(ours[name], ours)
    return HEADER + "".join(blocks[distribution] for distribution in sorted(needed) if distribution in blocks)


def closure(requirements: list[str], ours: dict[str, list[str]]) -> set[str]:
    """Everything these requirements need, as the installed distributions say; our own packages by their manifest."""
    seen: set[tuple[str, str]] = set()
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        for extra in ("", *requirement.extras):
            if (name, extra) not in seen:
                seen.add((name, extra))
                waiting += needed_by(name, extra, ours)
    return {name for name, _ in seen if name not in ours}


def needed_by(name: str, extra: str, ours: dict[str, list[str]]) -> Iterator[Requirement]:
    try:
        texts = ours[name] if name in ours else requires(name) or []
    except PackageNotFoundError:
        return  # for another platform or interpreter than the lock's
    for text in texts:
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra, "python_version": python}) for python in PYTHONS):
            yield requirement


if __name__ == "__main__":
    sys.exit(main())
