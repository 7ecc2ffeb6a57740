"""`python -m runner.contracts lint | compose [--check]`."""

from __future__ import annotations

import argparse
import sys

from runner.contract_compose import compose, render
from runner.contract_files import Contracts
from runner.contract_lint import lint
from runner.places import OPENAPI

COMPOSED = OPENAPI / "gateway.yaml"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m runner.contracts", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("lint", help="say what a contract leaves open")
    composing = commands.add_parser("compose", help="write contracts/openapi/gateway.yaml")
    composing.add_argument("--check", action="store_true", help="only compare with the committed one")
    chosen = parser.parse_args(arguments)
    contracts = Contracts()
    if chosen.command == "lint":
        faults = lint(contracts)
        print(*(faults or [f"{', '.join(contracts.present)}: nothing to object"]), sep="\n")
        return 1 if faults else 0
    text = render(compose(contracts))
    if not chosen.check:
        COMPOSED.write_text(text, encoding="utf-8")
        return 0
    if not COMPOSED.exists() or COMPOSED.read_text(encoding="utf-8") != text:
        print("contracts/openapi/gateway.yaml is not what the services' contracts compose to: run")
        print("  python -m runner.contracts compose")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
