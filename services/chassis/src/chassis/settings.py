"""The environment as typed values. A service subclasses this; a wrong or missing value stops it before it starts."""

import os
from pathlib import Path
from typing import Generic, Literal, TypeVar

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def find_contracts() -> Path:
    """`contracts/` of the repository or image: the nearest one above this file or the working directory."""
    for start in (Path(__file__).resolve(), Path.cwd() / "x"):
        for folder in start.parents:
            if (folder / "contracts" / "openapi").is_dir():
                return folder / "contracts"
    raise FileNotFoundError("no contracts/ folder found; set CONTRACTS_DIR")


class ServiceSettings(BaseSettings):
    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    service: str = Field(description="name of the service: its token audience, queue and database role")
    database_url: str = Field(description="postgresql+psycopg://… as the service's own role")
    migration_database_url: str | None = Field(None, description="the same as its owner; only for `migrate`")
    amqp_url: str = Field("amqp://127.0.0.1:5672/%2F", description="RabbitMQ")
    amqp_prefix: str = Field("", description="put before exchange and queue names; tests share a broker by it")

    host: str = Field("127.0.0.1", description="address that `web` and the ops port listen on")
    port: int = Field(8000, description="port of `web`")
    ops_port: int = Field(8200, description="port of the worker's health and metrics")
    web_threads: int = Field(8, ge=1, description="handlers that run at once in one web process")
    web_processes: int = Field(1, ge=1, description="web processes behind the one port")

    public_url: str = Field("http://127.0.0.1:8080", description="the browsers' address of the suite")
    jwks_url: str = Field("http://127.0.0.1:8101/internal/jwks", description="public keys that tokens are signed with")
    token_issuer: str = Field("epresence-identity", description="`iss` of tokens we believe")
    internal_secret: str = Field("", description="shared with the gateway; empty: no internal caller is believed")
    contracts_dir: Path = Field(default_factory=find_contracts)

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    max_body_bytes: int = Field(1_048_576, description="larger request bodies are refused with 413")
    lock_timeout_ms: int = Field(3_000, description="a lock not had by then answers 503")
    statement_timeout_ms: int = Field(15_000, description="longest single SQL statement")
    stop_seconds: int = Field(20, description="SIGTERM to exit, at most")
    timer_lease_seconds: int = Field(60, description="a timer not settled by then is taken to have died, and run again")
    parking_hours: float = Field(24, description="how long a fact that came too early is tried")
    validate_responses: bool = Field(False, description="check answers against the contract; tests only")

    @property
    def audience(self) -> str:
        return self.service


def process_name(command: str) -> str:
    """How this process calls itself in logs and in pg_stat_activity."""
    return f"{command}-{os.getpid()}"


S = TypeVar("S", bound=ServiceSettings)


class Current(Generic[S]):
    """Where reactions and timers, which are plain functions, find the settings of their process.

    Told when the application is made; the worker, which makes none, reads the environment itself.
    """

    def __init__(self, kind: type[S]) -> None:
        self._kind = kind
        self._settings: S | None = None

    def use(self, settings: S) -> None:
        self._settings = settings

    def get(self) -> S:
        self._settings = self._settings or self._kind()
        return self._settings
