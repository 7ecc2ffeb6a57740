"""The virtual environment: made, filled and renewed before anything of ours or others' can be imported."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from runner import programs
from runner.places import CACHE, PACKAGES, PYTHON, ROOT, VENV
from runner.steps import Stop, step

LOCK = ROOT / "requirements-dev.txt"


def ensure() -> None:
    """Nothing to do in the common case, which costs two small files' reading."""
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever starts ./dev may have an older one
        raise Stop(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}")
    if not works():
        with step("virtual environment"):
            make()
    renew("requirements", digest([LOCK]), install_requirements)
    manifests = [package / "pyproject.toml" for package in PACKAGES]
    renew("packages", digest(manifests), install_packages)


def works() -> bool:
    if not PYTHON.exists():
        return False
    return subprocess.run([PYTHON, "-m", "pip", "--version"], check=False, capture_output=True).returncode == 0


def make() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    if venv_module():
        return
    if not shutil.which("apt-get"):
        raise Stop("Python's venv module cannot make a virtual environment here: install it and run again")
    if os.geteuid() == 0:
        programs.install_packages(["python3-venv"])
        made = venv_module()
    else:
        made = venv_module("--without-pip") and pip_from_debian()
    if not made:
        raise Stop("cannot make a virtual environment. Install the venv module: sudo apt-get install python3-venv")


def pip_from_debian() -> bool:
    """Debian's python3 without python3-venv lacks pip's wheel alone: unpack it, it installs itself."""
    unpacked = CACHE / "pip"
    programs.unpack(["python3-pip-whl"], unpacked)
    wheel = next(unpacked.glob("usr/share/python-wheels/pip-*.whl"))
    command: list[str | Path] = [PYTHON, f"{wheel}/pip", "install", "--quiet", "--no-index", wheel]
    return subprocess.run(command, check=False).returncode == 0


def venv_module(*options: str) -> bool:
    made = subprocess.run([sys.executable, "-m", "venv", *options, VENV], check=False, capture_output=True)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
    return made.returncode == 0


def renew(what: str, wanted: str, install: Callable[[], None]) -> None:
    stamp = VENV / f"{what}.digest"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    with step(f"Python {what}"):
        install()
        stamp.write_text(wanted)


def install_requirements() -> None:
    pip("--require-hashes", "-r", str(LOCK))


def install_packages() -> None:
    pip("--no-deps", "--no-build-isolation", *(part for package in PACKAGES for part in ("-e", str(package))))


def pip(*arguments: str) -> None:
    command: list[str | Path] = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
        *arguments,
    ]
    said = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    if said.returncode:
        raise Stop(f"pip could not install what is needed:\n{said.stderr[-3000:]}\nIs a package index reachable?")


def digest(files: list[Path]) -> str:
    """Also of the interpreter: an environment made by another one is not ours."""
    whole = hashlib.sha256(sys.version.encode())
    for file in files:
        whole.update(file.read_bytes())
    return whole.hexdigest()
