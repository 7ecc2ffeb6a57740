"""What the portal is told by its environment; wrong or missing, it refuses to start."""

from pathlib import Path

from pydantic import AnyHttpUrl, Field, SecretStr, field_validator

from chassis.settings import ServiceSettings

FORM_KEY_CHARACTERS = 32


def ring_of(keys: SecretStr) -> list[str]:
    return [key.strip() for key in keys.get_secret_value().split(",")]


class Settings(ServiceSettings):
    """Environment variables without prefix, as everywhere in the suite."""

    service: str = "portal"
    database_url: str = Field("", description="none: the portal keeps no rows")
    contracts_dir: Path = Field(Path(), description="none: the gateway checks what the portal sends")

    gateway_internal_url: AnyHttpUrl = Field(description="the gateway's internal listener, the only way to data")
    form_key: SecretStr = Field(
        description="secret behind the form tokens, at least 32 characters; a previous one after a comma still counts"
    )

    port: int = Field(8082, description="port the pages are served on; only the gateway calls it")
    web_threads: int = Field(16, ge=1, le=256, description="requests answered at once by one process")
    connect_timeout_seconds: float = Field(2.0, gt=0, description="how long the gateway may take to accept")
    read_timeout_seconds: float = Field(15.0, gt=0, description="how long the gateway may take to answer")

    session_warning_seconds: int = Field(
        120, ge=20, description="how long before its end people hear that a session ends"
    )

    operator_name: str = Field("", description="who runs the service, for the statements")
    support_email: str = Field("support@epresence.example", description="where people ask for help")
    support_phone: str = Field("", description="phone of the help desk, empty if there is none")
    accessibility_prepared_on: str = Field("", description="date (YYYY-MM-DD) of the accessibility statement")
    accessibility_reviewed_on: str = Field("", description="date (YYYY-MM-DD) of its last review")
    accessibility_method: str = Field("", description="how conformance was assessed, in the operator's words")
    zoom_client_url: AnyHttpUrl = Field(
        AnyHttpUrl("https://zoom.us/download"), description="where people find the meeting program"
    )

    @field_validator("form_key")
    @classmethod
    def _long_enough(cls, keys: SecretStr) -> SecretStr:
        if any(len(key) < FORM_KEY_CHARACTERS for key in ring_of(keys)):
            raise ValueError(f"a form key has {FORM_KEY_CHARACTERS} characters or more")
        return keys

    @property
    def form_keys(self) -> list[bytes]:
        """The first makes tokens, each of them is good for one."""
        return [key.encode() for key in ring_of(self.form_key)]

    @property
    def gateway(self) -> str:
        """The internal listener without a trailing slash."""
        return str(self.gateway_internal_url).rstrip("/")
