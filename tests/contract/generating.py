"""Contracts as sources of requests: valid ones, broken ones, and those at the edges of what their schemas allow."""

from collections.abc import Callable
from datetime import UTC, datetime

import requests
import schemathesis
from hypothesis import strategies
from schemathesis import BaseSchema, Case
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test

from chassis import contracts
from tests.contract.callers import another_line

SEED = 20261122
# As the contract's prose says of times: years that every clock can hold. Others are refused.
TIMES = strategies.datetimes(datetime(1900, 1, 2), datetime(2899, 12, 30), timezones=strategies.just(UTC))  # noqa: DTZ001
schemathesis.openapi.format("date-time", TIMES.map(datetime.isoformat))
# Whatever is well-formed may still meet a rule, a right, a race or a limit; only 400, 405, 406 and 415 would be wrong.
RULES = [*("2xx", "3xx"), *("401", "403", "404", "409", "410", "412", "422", "428", "429", "503")]


def schema_of(
    contract: str, base_url: str, *, examples: int, seed: int | None = SEED, edges: bool = True
) -> BaseSchema:
    """`examples` per operation at random; `edges`: also each bound of each schema, in and out, and wrong methods."""
    config = {
        "seed": seed,
        "base-url": base_url,
        "headers": {"Origin": base_url},
        "request-timeout": 30,
        "suppress-health-check": ["all"],
        # NUL is a string to every schema, and refused in every string: test_refusals.py
        "generation": {"max-examples": examples, "database": "none", "no-shrink": True, "allow-x00": False},
        "phases": {"coverage": {"enabled": edges}, "stateful": {"enabled": False}},
        "checks": {
            "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx", "503"]},
            "positive_data_acceptance": {"expected-statuses": RULES},
        },
    }
    read = schemathesis.Config.from_dict({key: value for key, value in config.items() if value is not None})
    return schemathesis.openapi.from_dict(contracts.openapi(contract), config=read)


def send_all(schema: BaseSchema, label: str, send: Callable[[requests.Session, Case], None]) -> None:
    """Hand every case of one operation to `send`, with a line to call on.

    The part of schemathesis that its own pytest plugin is made of: the plugin itself would make all cases while tests
    are collected (nobody is signed in then), or from a fixture, which it cannot under pytest 9.2.
    """
    method, path = label.split()
    with another_line() as line:
        test = build_operation_test(
            config=schema.config,
            operation=schema[path][method],
            test_func=lambda case: send(line, case),
            given_kwargs={},
            feedback=FeedbackSources(),
        )
        test()
