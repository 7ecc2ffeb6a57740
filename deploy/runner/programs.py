"""PostgreSQL's and RabbitMQ's programs: found, installed (root, Debian's packages) or unpacked (anybody else).

Nothing that installing would start is wanted: no system cluster, no system broker.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from runner.places import CACHE
from runner.steps import Stop, step

UNPACKED = CACHE / "system"
POLICY = Path("/usr/sbin/policy-rc.d")
CREATE_CLUSTER = Path("/etc/postgresql-common/createcluster.conf")
OLDEST_POSTGRES = 15


@dataclass(frozen=True)
class Programs:
    postgres: Path  # folder of initdb, pg_ctl, postgres
    rabbitmq: Path  # folder with sbin and plugins
    environment: dict[str, str] = field(default_factory=dict)  # what unpacked programs need to find their parts


def find() -> Programs:
    """The programs this machine has, installing what is missing."""
    missing = [name for name, found in (("postgresql", postgres()), ("rabbitmq-server", rabbitmq())) if found is None]
    if missing:
        if not shutil.which("apt-get"):
            raise Stop(
                f"not found: {', '.join(missing)} (PostgreSQL {OLDEST_POSTGRES} or newer). Install and run again"
            )
        if os.geteuid() == 0:
            with step(f"apt-get install {' '.join(missing)}"):
                install_packages(missing)
        else:
            with step(f"unpacking {' '.join(missing)} into {UNPACKED}"):
                unpack(missing, UNPACKED)
                point_erlang_here(UNPACKED)
    postgres_bin, rabbitmq_home = postgres(), rabbitmq()
    if postgres_bin is None or rabbitmq_home is None:
        raise Stop(f"{' and '.join(missing)}: not found even after installing")
    return Programs(postgres_bin, rabbitmq_home, environment_of_unpacked())


def postgres() -> Path | None:
    candidates = [
        (int(folder.parent.name), folder)
        for root in (Path("/"), UNPACKED)
        for folder in (root / "usr/lib/postgresql").glob("*/bin")
        if folder.parent.name.isdigit() and (folder / "initdb").exists()
    ]
    if on_path := shutil.which("initdb"):
        folder = Path(on_path).resolve().parent
        said = subprocess.run([folder / "postgres", "--version"], check=False, capture_output=True, text=True).stdout
        if version := re.search(r"(\d+)", said):
            candidates.append((int(version[1]), folder))
    good = [candidate for candidate in candidates if candidate[0] >= OLDEST_POSTGRES]
    return max(good)[1] if good else None


def rabbitmq() -> Path | None:
    # Debian's own wrappers on the PATH change users; the server's folder behind them does not.
    homes = [
        home
        for root in (Path("/"), UNPACKED)
        for home in sorted((root / "usr/lib/rabbitmq/lib").glob("rabbitmq_server-*"))
    ]
    if on_path := shutil.which("rabbitmq-server"):
        homes.append(Path(on_path).resolve().parent.parent)
    return next(
        (home for home in homes if (home / "sbin/rabbitmq-server").exists() and (home / "plugins").is_dir()), None
    )


def environment_of_unpacked() -> dict[str, str]:
    if not UNPACKED.is_dir():
        return {}
    libraries = [str(folder) for folder in (UNPACKED / "usr/lib").glob("*-linux-gnu*")]
    found = {"LD_LIBRARY_PATH": ":".join(libraries)}
    if not shutil.which("erl"):
        found["PATH"] = f"{UNPACKED / 'usr/lib/erlang/bin'}:{os.environ['PATH']}"
    return found


def install_packages(names: list[str]) -> None:
    """As root; what the packages would start stays stopped."""
    made = []
    for file, text in ((POLICY, "#!/bin/sh\nexit 101\n"), (CREATE_CLUSTER, "create_main_cluster = false\n")):
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            file.chmod(0o755)
            made.append(file)
    try:
        apt(["apt-get", "update", "-qq"])
        options = ["-y", "-qq", "--no-install-recommends", "-o", "Dpkg::Options::=--force-confold"]
        apt(["apt-get", "install", *options, *names])
    finally:
        if POLICY in made:
            POLICY.unlink()


def unpack(names: list[str], folder: Path) -> None:
    """The same packages and what of their dependencies is missing, downloaded with a private apt state."""
    fresh = folder.with_name(f"{folder.name}.{os.getpid()}")
    state = fresh / "apt"
    for part in ("lists/partial", "archives/partial"):
        (state / part).mkdir(parents=True)
    private = ["-o", f"Dir::State::Lists={state / 'lists'}", "-o", f"Dir::Cache={state}", "-o", "Debug::NoLocking=1"]
    try:
        apt(["apt-get", *private, "update", "-qq"])
        planned = apt(["apt-get", *private, "install", "-y", "--no-install-recommends", "--print-uris", *names])
        packages = re.findall(r"^'[^']*' ([^_ ]*)_", planned, re.MULTILINE)
        apt(["apt-get", *private, "download", "-qq", *packages], cwd=state / "archives")
        for package in (state / "archives").glob("*.deb"):
            apt(["dpkg-deb", "-x", str(package), str(fresh)])
        shutil.rmtree(state)
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def point_erlang_here(system: Path) -> None:
    """Debian's erl insists on /usr/lib/erlang, whatever ERL_ROOTDIR says."""
    erlang = system / "usr/lib/erlang"
    for script in (erlang / "bin/erl", *erlang.glob("erts-*/bin/erl")):
        if script.is_file():
            script.write_text(script.read_text().replace("ROOTDIR=/usr/lib/erlang", f"ROOTDIR={erlang}"))


def apt(command: list[str], cwd: Path | None = None) -> str:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    done = subprocess.run(command, check=False, cwd=cwd, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise Stop(f"{' '.join(command[:2])} failed:\n{done.stdout[-1000:]}{done.stderr[-2000:]}")
    return done.stdout
