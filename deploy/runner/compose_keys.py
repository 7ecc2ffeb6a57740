"""`python -m runner.compose_keys /keys`: the first step of `docker compose up`.

Draws the suite's secrets once and puts each program's own where only its containers see them: one volume per program.
"""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from runner import keys
from runner.places import SERVICES
from runner.processes import SECRETS_OF
from runner.rabbitmq import VHOST, definitions
from runner.suite import Suite


def main(folder: Path) -> None:
    (folder / "all").mkdir(exist_ok=True)
    drawn = keys.of(Suite(folder / "all"))
    for program, names in SECRETS_OF.items():
        settings = {name: drawn[name] for name in names}
        if program in (*SERVICES, "gateway"):
            settings["AMQP_URL"] = f"amqp://{program}:{drawn[f'AMQP_{program.upper()}']}@rabbitmq:5672/{VHOST}"
        if program in SERVICES:
            settings["DATABASE_URL"] = database(program, program, drawn)
            owner = {"MIGRATION_DATABASE_URL": database(program, f"{program}_owner", drawn)}
            write(folder / f"{program}-owner" / "environment", lines(owner))
        write(folder / program / "environment", lines(settings))
    write(folder / "postgres" / "password", drawn["POSTGRES_PASSWORD"])
    write(folder / "postgres" / "init.sql", databases(drawn))
    write(folder / "rabbitmq" / "definitions.json", json.dumps(definitions(drawn)))
    write(folder / "rabbitmq" / "90-epresence.conf", "load_definitions = /etc/rabbitmq/conf.d/definitions.json\n")


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)  # read-only, also for us: the container has no right to overlook modes
    file.write_text(text)
    file.chmod(0o444)  # the volume is mounted by its program alone, whose user we do not know


def lines(settings: Mapping[str, str]) -> str:
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in settings.items())


def database(service: str, role: str, drawn: Mapping[str, str]) -> str:
    return f"postgresql+psycopg://{role}:{drawn[f'DB_{role.upper()}']}@postgres:5432/{service}"


def databases(drawn: Mapping[str, str]) -> str:
    """What runner.postgres does on a private server, for the image's init folder; passwords are URL-safe."""
    return "".join(
        f"CREATE ROLE {service}_owner LOGIN PASSWORD '{drawn[f'DB_{service.upper()}_OWNER']}';\n"
        f"CREATE ROLE {service} LOGIN PASSWORD '{drawn[f'DB_{service.upper()}']}';\n"
        f"CREATE DATABASE {service} OWNER {service}_owner;\n"
        f"REVOKE ALL ON DATABASE {service} FROM PUBLIC;\n"
        f"GRANT CONNECT ON DATABASE {service} TO {service};\n"
        for service in SERVICES
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
