"""What the sandbox is told by its environment; it shares the credentials with the suite it plays for."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    sandbox_host: str = Field(default="127.0.0.1", description="address both servers listen on")
    sandbox_port: int = Field(default=8090, description="HTTP: TaxisNet, HRMS, Zoom and the pages for people")
    sandbox_smtp_port: int = Field(default=8025, description="SMTP: the mailbox of everybody")
    sandbox_public_url: str = Field(
        default="http://127.0.0.1:8090",
        description="where browsers reach the sandbox; in containers the services' way to it differs",
    )
    sandbox_seed_dir: Path = Field(
        default=Path(__file__).parents[1] / "seed", description="folder of personas.json and hosts.json"
    )

    taxisnet_client_id: str
    taxisnet_client_secret: str
    taxisnet_redirect_uris: str = Field(description="registered call-backs, separated by commas")

    hrms_username: str
    hrms_password: str

    zoom_account_id: str
    zoom_client_id: str
    zoom_client_secret: str
    zoom_webhook_secret: str
    sandbox_zoom_webhook_url: str = Field(default="", description="where events go; empty: they go nowhere")
    sandbox_zoom_plan: Literal["free", "pro", "business"] = Field(
        default="business", description="which of Zoom's tables of rate limits holds"
    )
    sandbox_zoom_report_delay_seconds: int = Field(
        default=20, description="how long after the end of a meeting its report does not exist yet"
    )

    @property
    def redirect_uris(self) -> list[str]:
        return [uri.strip() for uri in self.taxisnet_redirect_uris.split(",") if uri.strip()]

    @property
    def public_url(self) -> str:
        return self.sandbox_public_url.rstrip("/")
