"""`./dev check`: what can be said about the code and the contracts without running them."""

from __future__ import annotations

import subprocess
import time

from runner.places import PACKAGES, PYTHON, ROOT
from runner.steps import say

BIN = PYTHON.parent


def typed() -> list[str]:
    """Every package's source, strictly."""
    sources = [package / "src" for package in PACKAGES if (package / "src").is_dir()]
    return [str(path.relative_to(ROOT)) for path in (*sources, ROOT / "deploy" / "runner", ROOT / "deploy" / "sandbox")]


def check() -> int:
    checks = {
        "ruff check": [str(BIN / "ruff"), "check", "."],
        "ruff format": [str(BIN / "ruff"), "format", "--check", "."],
        "mypy": [str(PYTHON), "-m", "mypy", *typed()],
        "imports": [str(BIN / "lint-imports")],
        "contracts": [str(PYTHON), "-m", "runner.contracts", "lint"],
        "images' requirements": [str(PYTHON), "-m", "runner.pinned", "--check"],
        "gateway.yaml": [str(PYTHON), "-m", "runner.contracts", "compose", "--check"],
    }
    failed = [name for name, command in checks.items() if not passes(name, command)]
    say(f"failed: {', '.join(failed)}" if failed else "everything passes")
    return 1 if failed else 0


def passes(name: str, command: list[str]) -> bool:
    started = time.monotonic()
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    say(f"{'✗' if done.returncode else '✓'} {name} ({time.monotonic() - started:.1f} s)")
    if done.returncode:
        say(f"{done.stdout}{done.stderr}")
    return done.returncode == 0
