"""A private PostgreSQL: own port, own folder, no socket file; never an instance that somebody else runs."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from runner import leftovers
from runner.places import SERVICES
from runner.programs import Programs
from runner.steps import Stop
from runner.suite import MARK, Suite

ACCOUNT = "postgres"  # the server refuses to run as root; then it runs as this user
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
SETTINGS = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "300"}


@dataclass(frozen=True)
class Postgres:
    suite: Suite
    programs: Programs
    password: str

    @property
    def url(self) -> str:
        return f"postgresql://postgres:{self.password}@127.0.0.1:{self.suite.port('postgres')}/postgres"

    @property
    def folder(self) -> Path:
        """In the suite's folder, unless that is closed to the user the server runs as."""
        inside = self.suite.home / "postgres"
        if os.geteuid() != 0 or reachable(self.suite.home):
            return inside
        return Path("/var/lib/epresence") / self.suite.id

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        self._prepare_folder()
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        if self.is_running():
            return
        self._forget_stale_pid()
        settings = SETTINGS | {"port": str(self.suite.port("postgres"))} | (FAST if self.suite.fast else {})
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        log = self.folder / "log"
        started = self._run("pg_ctl", "-D", self.data, "-l", log, "-w", "-t", "60", "-s", "-o", options, "start")
        if started.returncode:
            raise Stop(f"PostgreSQL did not start:\n{started.stderr}{log.read_text()[-2000:] if log.exists() else ''}")

    def stop(self) -> None:
        if self.is_running():
            self._run("pg_ctl", "-D", self.data, "-m", "fast", "-w", "-t", "30", "-s", "stop")

    def kill(self) -> None:
        if pid := self._pid():
            leftovers.send(pid, signal.SIGQUIT)

    def wipe(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def is_running(self) -> bool:
        return self._pid() is not None

    def _pid(self) -> int | None:
        """Of our server; a pid file may outlive it and name anybody."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split()[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes().decode()
        except (OSError, ValueError, IndexError):
            return None
        return pid if str(self.data) in command and leftovers.alive(pid) else None

    def _forget_stale_pid(self) -> None:
        """Only when nobody of ours is left: back ends notice their server's death within a moment."""
        deadline = time.monotonic() + 10
        while self._back_ends() and time.monotonic() < deadline:
            time.sleep(0.1)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _back_ends(self) -> list[int]:
        return [
            int(folder.name)
            for folder in Path("/proc").iterdir()
            if folder.name.isdigit() and _working_folder(folder) == self.data and leftovers.alive(int(folder.name))
        ]

    def _prepare_folder(self) -> None:
        # Keys drawn anew mean that whoever made this data is gone: nobody can read it any more.
        owner = self.folder / "belongs-to"
        fingerprint = hashlib.sha256(self.password.encode()).hexdigest()
        if self.folder.exists() and (not owner.exists() or owner.read_text() != fingerprint):
            self.kill()
            self.wipe()
        self.folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            if self.folder.parent == Path("/var/lib/epresence"):
                self.folder.parent.chmod(0o755)
            shutil.chown(self.folder, account(), account())
        owner.write_text(fingerprint)

    def _initialise(self) -> None:
        words = self.folder / "password"
        words.write_text(self.password)
        words.chmod(0o600)
        if os.geteuid() == 0:
            shutil.chown(words, account(), account())
        choices = ["-U", "postgres", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        made = self._run("initdb", "-D", self.data, f"--pwfile={words}", *choices)
        words.unlink()
        if made.returncode:
            self.wipe()
            raise Stop(f"initdb failed:\n{made.stdout}{made.stderr}")

    def _run(self, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        environment = os.environ | self.programs.environment | {MARK: self.suite.id, "LC_ALL": "C.UTF-8"}
        as_account: dict[str, Any] = {}
        if os.geteuid() == 0:
            as_account = {"user": account(), "group": account(), "extra_groups": []}
        # The server inherits what we hand to pg_ctl: never a pipe that somebody waits on.
        with (self.suite.logs / f"{program}.log").open("w+") as said:
            command = [str(self.programs.postgres / program), *map(str, arguments)]
            done = subprocess.run(
                command,
                check=False,
                cwd="/",
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                **as_account,
            )
            said.seek(0)
            return subprocess.CompletedProcess(command, done.returncode, said.read(), "")


def _working_folder(process: Path) -> Path | None:
    try:
        return (process / "cwd").readlink()
    except OSError:
        return None


def account() -> str:
    """The user the server runs as when we are root; made if the packages did not."""
    try:
        pwd.getpwnam(ACCOUNT)
    except KeyError:
        subprocess.run(["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT], check=True)
    return ACCOUNT


def reachable(folder: Path) -> bool:
    """May the server's user walk down to this folder?"""
    folder.mkdir(parents=True, exist_ok=True)
    name = account()
    walked = subprocess.run(
        ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)],
        check=False,
        cwd="/",
        user=name,
        group=name,
        extra_groups=[],
        capture_output=True,
    )
    return walked.returncode == 0


def create_databases(url: str, keys: Mapping[str, str]) -> None:
    """One database per service and two roles in it: `<service>_owner` changes tables, `<service>` only rows."""
    with psycopg.connect(url, autocommit=True) as connection:
        roles = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        databases = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
        for service in SERVICES:
            for role in (service, f"{service}_owner"):
                verb = sql.SQL("ALTER" if role in roles else "CREATE")
                connection.execute(
                    sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
                        verb, sql.Identifier(role), sql.Literal(keys[f"DB_{role.upper()}"])
                    )
                )
            if service not in databases:
                names = {"database": sql.Identifier(service), "owner": sql.Identifier(f"{service}_owner")}
                connection.execute(sql.SQL("CREATE DATABASE {database} OWNER {owner}").format(**names))
                connection.execute(sql.SQL("REVOKE ALL ON DATABASE {database} FROM PUBLIC").format(**names))
                connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {database} TO {database}").format(**names))
