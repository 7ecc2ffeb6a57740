"""The commands of `./dev`, once the virtual environment stands."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from types import FrameType

from runner import checks, showing, testing
from runner.places import SERVICES
from runner.running import Running
from runner.steps import Stop, say
from runner.suite import chosen

OF_SERVICES = {
    "dead-letters": "what a service could not digest: list, show <id>, replay <id>",
    "rotate-keys": "have a service write its rows under the keys now in use; --status, --verify <kid>, --retire <kid>",
}


def main() -> int:
    signal.signal(signal.SIGTERM, interrupt)
    arguments, rest = parser().parse_known_args()
    if rest and arguments.command not in ("test", *OF_SERVICES):
        parser().error(f"unknown: {' '.join(rest)}")
    try:
        return int(arguments.run(arguments, rest) or 0)
    except Stop as stop:
        say(f"./dev {arguments.command}: {stop}")
        return 1
    except KeyboardInterrupt:
        return 130


def interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(
        prog="./dev", description="One door to everything a developer does here.", allow_abbrev=False
    )
    whole.add_argument("--offset", type=int, help="shift every port; the suite then has a folder of its own")
    commands = whole.add_subparsers(dest="command", required=True, metavar="command")

    def command(name: str, run: object, says: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=says, description=says, allow_abbrev=False)
        added.add_argument("--offset", type=int, default=argparse.SUPPRESS, help="shift every port")
        added.set_defaults(run=run)
        return added

    starting = command("up", up, "start the whole suite with its stand-ins and wait until it is ready")
    starting.add_argument("--foreground", action="store_true", help="stay until Ctrl-C, then stop everything")
    starting.add_argument("--only", default="", help="programs to start, separated by commas: identity,orgs,gateway,…")
    command("down", down, "stop everything; data stay").add_argument(
        "--wipe", action="store_true", help="remove the data too"
    )
    command("status", status, "which processes run and which are ready")
    command("logs", logs, "follow the logs").add_argument(
        "name", nargs="?", default="", help="such as conferences.worker"
    )
    command("seed", seed, "seed again what may be missing")
    command("doctor", doctor, "say what this machine has and lacks")
    command("test", test, "the tests: all, or the paths given; other options go to pytest (--long, -k, -x, …)")
    command("bench", bench, "what our own parts cost, beside the least that could stand in their place")
    command("check", check, "style, types, imports, contracts")
    for name, about in OF_SERVICES.items():
        command(name, of_service, about).add_argument("service", choices=SERVICES)
    return whole


def running(arguments: argparse.Namespace) -> Running:
    only = tuple(name for name in getattr(arguments, "only", "").split(",") if name)
    return Running(chosen(arguments.offset), only)


def up(arguments: argparse.Namespace, _rest: list[str]) -> None:
    started = time.monotonic()
    suite = running(arguments)
    suite.up()
    try:
        showing.addresses(suite, seconds=time.monotonic() - started)
        while arguments.foreground and suite.is_supervised():
            time.sleep(1)
    finally:
        if arguments.foreground:
            suite.down()


def down(arguments: argparse.Namespace, _rest: list[str]) -> None:
    running(arguments).down(wipe=arguments.wipe)


def status(arguments: argparse.Namespace, _rest: list[str]) -> int:
    return showing.status(running(arguments))


def logs(arguments: argparse.Namespace, _rest: list[str]) -> None:
    folder = chosen(arguments.offset).logs
    files = sorted(map(str, folder.glob(f"{arguments.name}*.log")))
    if not files:
        raise Stop(f"no log of {arguments.name or 'anything'} in {folder}")
    os.execvp("tail", ["tail", "-n", "20", "-F", *files])


def seed(arguments: argparse.Namespace, _rest: list[str]) -> None:
    running(arguments).seed()


def doctor(arguments: argparse.Namespace, _rest: list[str]) -> int:
    return showing.doctor(running(arguments))


def test(_arguments: argparse.Namespace, rest: list[str]) -> int:
    return testing.test(rest)


def bench(_arguments: argparse.Namespace, _rest: list[str]) -> int:
    return testing.bench()


def check(_arguments: argparse.Namespace, _rest: list[str]) -> int:
    return checks.check()


def of_service(arguments: argparse.Namespace, rest: list[str]) -> None:
    process = running(arguments).processes.service(arguments.service, arguments.command, *rest)
    os.execve(process.command[0], process.command, process.environment)


if __name__ == "__main__":
    sys.exit(main())
