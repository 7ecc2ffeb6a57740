"""The gateway's environment, typed. It has no database; everything it keeps is in memory and may be lost."""

from urllib.parse import urlsplit

from pydantic import Field

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    service: str = "gateway"
    database_url: str = Field("", description="none: the gateway keeps no rows")
    port: int = Field(8080, description="the public listener")
    internal_host: str = Field(
        "127.0.0.1", description="address of the internal and ops listeners: loopback or cluster only"
    )
    internal_port: int = Field(8081, description="the portal's listener, where the Session scheme is believed")
    ops_port: int = Field(8180, description="health and metrics")

    identity_url: str = Field("http://127.0.0.1:8101", description="where identity's web answers")
    orgs_url: str = Field("http://127.0.0.1:8102", description="where orgs' web answers")
    conferences_url: str = Field("http://127.0.0.1:8103", description="where conferences' web answers")
    notifications_url: str = Field("http://127.0.0.1:8104", description="where notifications' web answers")
    portal_url: str = Field("http://127.0.0.1:8082", description="where the portal answers")
    contract: str = Field("gateway.yaml", description="the composed contract, below contracts/openapi")

    session_cache_seconds: float = Field(
        5, le=5, description="how long an exchanged session is believed without asking"
    )
    exchange_seconds: float = Field(3, description="longest wait for identity's answer about a session")
    answer_seconds: float = Field(20, description="longest wait for a service's answer")
    hook_seconds: float = Field(2.5, description="the same for webhooks: Zoom gives up after three")
    portal_seconds: float = Field(60, description="longest pause while a page is sent")
    connect_seconds: float = Field(2, description="longest wait for a connection to a service")
    connection_seconds: float = Field(15, description="connections are renewed so often, so that new replicas get work")
    drain_seconds: float = Field(0, description="on SIGTERM: not ready, yet answering, for so long")

    max_hook_bytes: int = Field(262_144, description="larger webhooks are refused with 413")
    max_upload_bytes: int = Field(5_242_880, description="larger forms of the portal are refused with 413")

    session_per_minute: int = Field(1_200, description="requests of one session or client")
    session_burst: int = Field(400, description="of these at once")
    address_per_minute: int = Field(
        24_000, description="requests without session from one address: a ministry sits behind one"
    )
    address_burst: int = Field(8_000, description="of these at once")

    trusted_proxies: str = Field(
        "", description="networks (CIDR, comma between) whose X-Forwarded-For names the client"
    )
    form_targets: str = Field(
        "https://zoom.us https://*.zoom.us",
        description="origins that a form's answer may redirect to, beside TaxisNet's",
    )
    taxisnet_base_url: str = Field("", description="its origin is where leaving the suite redirects to")
    access_log: bool = Field(True, description="one line per request: operation, status, time")

    def upstreams(self) -> dict[str, str]:
        return {
            "identity": self.identity_url,
            "orgs": self.orgs_url,
            "conferences": self.conferences_url,
            "notifications": self.notifications_url,
            "portal": self.portal_url,
        }

    @property
    def public_origin(self) -> str:
        return origin_of(self.public_url)


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
