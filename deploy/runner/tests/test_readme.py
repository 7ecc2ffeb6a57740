"""What the README tells a newcomer to type, typed in a fresh clone."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import requests

from runner.places import ROOT
from runner.suite import PORTS

OFFSET = 4_000  # beside whatever runs here
BLOCKS = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    return [line for block in BLOCKS.findall((ROOT / "README.md").read_text()) for line in block.splitlines()]


def test_the_readme_names_every_door_a_newcomer_needs() -> None:
    assert commands() == ["./dev up", "./dev test", "./dev check", "./dev down"]


@pytest.mark.long
def test_its_commands_start_the_suite_in_a_fresh_clone(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)  # PostgreSQL runs as another user when we are root
    environment = {name: os.environ[name] for name in ("PATH", "HOME")} | {"EPRESENCE_OFFSET": str(OFFSET)}
    first, *_, last = commands()

    try:
        subprocess.run(first.split(), cwd=clone, env=environment, check=True)
        home = requests.get(f"http://127.0.0.1:{PORTS['gateway'] + OFFSET}/", timeout=30)
    finally:
        subprocess.run([*last.split(), "--wipe"], cwd=clone, env=environment, check=True)

    assert home.status_code == 200
    assert "Είσοδος" in home.text
