"""`python -m <service> web | worker | migrate | dead-letters | audit | …`: the commands of a service, and its own."""

import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import make_url

from chassis import burials, contracts, logs, migrations
from chassis.forgetting import Forgetting
from chassis.inbox import Reactions
from chassis.rotation import Keys
from chassis.settings import ServiceSettings, process_name
from chassis.timers import Timers

if TYPE_CHECKING:
    from connexion import FlaskApp

# connexion imports Starlette's test client when it starts, which warns; not a line for our logs.
warnings.filterwarnings("ignore", message="Using `httpx` with `starlette.testclient`")
Command = Callable[[Any, list[str]], object]


@dataclass(frozen=True)
class Service:
    """The parts of a service, joined once in its `__main__`."""

    name: str
    settings: type[ServiceSettings]
    create_app: Callable[[Any], "FlaskApp"]
    reactions: Reactions = field(default_factory=dict)
    timers: Timers = field(default_factory=dict)
    commands: Mapping[str, Command] = field(default_factory=dict)
    forgetting: Forgetting | None = None
    keys: Keys | None = None
    package: str | None = None

    @property
    def module(self) -> str:
        return self.package or self.name


def main(service: Service, arguments: Sequence[str] | None = None) -> None:
    words = list(sys.argv[1:] if arguments is None else arguments)
    commands: dict[str, Command] = {**standard(service), **service.commands}
    if not words or words[0] not in commands:
        sys.exit(f"usage: python -m {service.module} {' | '.join(commands)}")
    settings = service.settings(service=service.name)
    contracts.use(settings.contracts_dir)
    logs.configure(settings, process_name(words[0]))
    commands[words[0]](settings, words[1:])


def standard(service: Service) -> dict[str, Command]:
    from chassis import audit_command, dead_letters, health, rebuilding, rotate_keys, serving, worker

    def migrate(settings: ServiceSettings, _arguments: list[str]) -> None:
        migrations.wait_for_database(settings.migration_database_url or settings.database_url, seconds=30)
        role = make_url(settings.database_url).username
        migrations.migrate(settings, service.module, role=role)
        worker.declare(settings, service.reactions, seconds=30)

    commands: dict[str, Command] = {
        "web": lambda settings, _arguments: serving.serve(settings, service.create_app),
        "worker": lambda settings, _arguments: worker.run(settings, service.module, service.reactions, service.timers),
        "migrate": migrate,
        "dead-letters": dead_letters.main,
        "audit": audit_command.main,
        "rebuild": rebuilding.command(service.reactions),
    }
    if service.forgetting is not None:
        commands["tombstones"] = burials.command(service.forgetting)
    if (keys := service.keys) is not None:
        health.also_ask(keys.missing)
        commands["rotate-keys"] = lambda settings, words: rotate_keys.main(keys, settings, words)
    return commands
