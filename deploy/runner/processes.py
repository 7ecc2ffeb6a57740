"""Every process of a suite: its command, its settings (only its own), the address where it says that it is ready."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from runner.places import CONTRACTS, PYTHON, SEED, SERVICES
from runner.suite import MARK, Suite

# Which of the suite's secrets a program is given, beside its own database and broker account.
SECRETS_OF = {
    "identity": (
        "SIGNING_KEYS",
        "ENCRYPTION_KEYS",
        "LOOKUP_KEYS",
        "SEALING_PUBLIC_KEY",
        "IDENTITY_SEALING_PRIVATE_KEY",
        "INTERNAL_SECRET",
        "TAXISNET_CLIENT_ID",
        "TAXISNET_CLIENT_SECRET",
        "HRMS_USERNAME",
        "HRMS_PASSWORD",
    ),
    "orgs": ("SEALING_PUBLIC_KEY", "IDENTITY_SEALING_PUBLIC_KEY", "INTERNAL_SECRET"),
    "conferences": (
        "TICKET_KEYS",
        "SEALING_PUBLIC_KEY",
        "IDENTITY_SEALING_PUBLIC_KEY",
        "INTERNAL_SECRET",
        "ZOOM_ACCOUNT_ID",
        "ZOOM_CLIENT_ID",
        "ZOOM_CLIENT_SECRET",
        "ZOOM_WEBHOOK_SECRET",
    ),
    "notifications": ("SEALING_PRIVATE_KEY", "INTERNAL_SECRET"),
    "gateway": ("INTERNAL_SECRET",),
    "portal": ("FORM_KEY",),
    "sandbox": (
        "TAXISNET_CLIENT_ID",
        "TAXISNET_CLIENT_SECRET",
        "HRMS_USERNAME",
        "HRMS_PASSWORD",
        "ZOOM_ACCOUNT_ID",
        "ZOOM_CLIENT_ID",
        "ZOOM_CLIENT_SECRET",
        "ZOOM_WEBHOOK_SECRET",
    ),
}


@dataclass(frozen=True)
class Process:
    name: str
    command: tuple[str, ...]
    environment: dict[str, str]
    ready: str = ""


class BrokerControl(Protocol):
    def start(self) -> None: ...

    def stop(self) -> None: ...


@dataclass(frozen=True)
class Servers:
    """Databases and a broker that run already, such as containers."""

    database: str  # postgresql+psycopg://{role}:{password}@host:port/{database}
    broker: str  # amqp://{user}:{password}@host:port/vhost
    superuser: str
    broker_control: BrokerControl


class Processes:
    def __init__(self, suite: Suite, keys: Mapping[str, str], *, database: str, broker: str) -> None:
        """`database` and `broker` are addresses with `{role}`, `{user}`, `{password}`, `{database}` to fill in."""
        self.suite, self.keys, self.database, self.broker = suite, keys, database, broker

    def all(self, only: tuple[str, ...] = ()) -> list[Process]:
        """What is supervised; with `only`, those programs and the sandbox."""
        made = [self.sandbox()]
        for service in SERVICES:
            made += [self.service(service, "web"), self.service(service, "worker")]
        whole = not only or set(SERVICES) <= set(only)
        made += [self.portal(), self.gateway("/health/ready" if whole else "/health/live")]
        return [process for process in made if not only or process.name.split(".")[0] in (*only, "sandbox")]

    def service(self, service: str, command: str, *arguments: str) -> Process:
        port = {"web": "PORT", "worker": "OPS_PORT"}.get(command)
        environment = self._environment(service) | self._of_service(service)
        if port:
            environment |= {port: str(self.suite.port(f"{service}.{command}"))}
        else:
            environment |= {"MIGRATION_DATABASE_URL": self._database(service, f"{service}_owner")}
        ready = self.suite.url(f"{service}.{command}") + "/health/ready" if port else ""
        return Process(f"{service}.{command}", (str(PYTHON), "-m", service, command, *arguments), environment, ready)

    def gateway(self, ready: str = "/health/ready") -> Process:
        """Ready means that every service is."""
        url, port = self.suite.url, self.suite.port
        environment = self._environment("gateway") | {
            "PORT": str(port("gateway")),
            "INTERNAL_PORT": str(port("gateway.internal")),
            "OPS_PORT": str(port("gateway.ops")),
            "AMQP_URL": self._broker("gateway"),
            "PORTAL_URL": url("portal"),
            # Where a page's form may lead: the stand-ins' sign-in and meeting pages.
            "TAXISNET_BASE_URL": f"{url('sandbox')}/taxisnet/oauth2server",
            "FORM_TARGETS": url("sandbox"),
            **{f"{service.upper()}_URL": url(f"{service}.web") for service in SERVICES},
        }
        return Process("gateway", (str(PYTHON), "-m", "gateway", "web"), environment, url("gateway") + ready)

    def portal(self) -> Process:
        environment = self._environment("portal") | {
            "PORT": str(self.suite.port("portal")),
            "GATEWAY_INTERNAL_URL": self.suite.url("gateway.internal"),
        }
        command = (str(PYTHON), "-m", "portal", "web")
        return Process("portal", command, environment, self.suite.url("portal") + "/health/ready")

    def sandbox(self) -> Process:
        url, port = self.suite.url, self.suite.port
        environment = self._environment("sandbox") | {
            "SANDBOX_PORT": str(port("sandbox")),
            "SANDBOX_SMTP_PORT": str(port("sandbox.smtp")),
            "SANDBOX_PUBLIC_URL": url("sandbox"),
            "SANDBOX_SEED_DIR": str(SEED),
            "SANDBOX_ZOOM_WEBHOOK_URL": f"{url('gateway')}/hooks/zoom",
            "TAXISNET_REDIRECT_URIS": f"{url('gateway')}/auth/callback",
        }
        return Process("sandbox", (str(PYTHON), "-m", "sandbox"), environment, url("sandbox") + "/personas")

    def _of_service(self, service: str) -> dict[str, str]:
        sandbox = self.suite.url("sandbox")
        own = {
            "identity": {
                "TAXISNET_BASE_URL": f"{sandbox}/taxisnet/oauth2server",
                "HRMS_URL": f"{sandbox}/hrms/employees/",
                "RECHECK_FROM_HOUR": "0",  # the stand-in need not be spared by day
                "RECHECK_UNTIL_HOUR": "24",
            },
            "conferences": {
                "ZOOM_API_URL": f"{sandbox}/zoom/v2",
                "ZOOM_OAUTH_URL": f"{sandbox}/zoom/oauth/token",
                "ZOOM_ALIAS_DOMAIN": "join.epresence.example",
            },
            "notifications": {
                "SMTP_URL": f"smtp://127.0.0.1:{self.suite.port('sandbox.smtp')}",
                "MAIL_FROM": "e:Presence <no-reply@epresence.example>",
            },
        }
        return {
            "DATABASE_URL": self._database(service, service),
            "AMQP_URL": self._broker(service),
            "JWKS_URL": self.suite.url("identity.web") + "/internal/jwks",
            "CONTRACTS_DIR": str(CONTRACTS),
            **own.get(service, {}),
        }

    def _environment(self, program: str) -> dict[str, str]:
        """Nothing is inherited but what any program needs: no proxy, no setting of a developer's shell."""
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LOG_LEVEL") if name in os.environ}
        return {
            **inherited,
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
            MARK: self.suite.id,
            "HOST": "127.0.0.1",
            "PUBLIC_URL": self.suite.url("gateway"),
            **{name: self.keys[name] for name in SECRETS_OF[program]},
        }

    def _database(self, database: str, role: str) -> str:
        return self.database.format(role=role, password=self.keys[f"DB_{role.upper()}"], database=database)

    def _broker(self, user: str) -> str:
        return self.broker.format(user=user, password=self.keys[f"AMQP_{user.upper()}"])
