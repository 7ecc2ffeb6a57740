"""What identity is told by its environment."""

from datetime import timedelta
from pathlib import Path

from pydantic import Field, SecretStr

from chassis.settings import ServiceSettings
from identity.rules.inactivity import Patience
from identity.rules.rechecks import Hours
from identity.rules.sessions import Limits


class Settings(ServiceSettings):
    service: str = "identity"

    taxisnet_base_url: str = Field("https://oauth2.gsis.gr/oauth2server", description="TaxisNet with its context")
    taxisnet_browser_url: str | None = Field(None, description="TaxisNet as browsers reach it, where that differs")
    taxisnet_client_id: str = Field(description="ours, registered with the callback PUBLIC_URL/auth/callback")
    taxisnet_client_secret: SecretStr
    taxisnet_timeout_seconds: float = Field(
        8, gt=0, description="for each of the two calls; the browser waits for both"
    )

    hrms_url: str | None = Field(None, description="employment register; the ΑΦΜ is appended")
    hrms_username: str = ""
    hrms_password: SecretStr = SecretStr("")
    hrms_timeout_seconds: float = Field(4, gt=0, description="after that the register counts as unavailable")
    hrms_file: Path | None = Field(None, description="JSON {tax id: [body ids]} instead of a register")

    recheck_from_hour: int = Field(1, ge=0, le=23, description="Athens; from then on the register is asked anew")
    recheck_until_hour: int = Field(6, ge=1, le=24, description="Athens; the rest waits for the next night")
    recheck_days: int = Field(30, ge=1, description="nobody is asked for more often than that")
    recheck_portion: int = Field(50, ge=1, description="people asked for before others get their turn")
    recheck_pause_ms: int = Field(100, ge=0, description="between two calls, to spare the register")
    employment_grace_days: int = Field(30, ge=1, description="a flagged coordinator is a user after that")

    inactivity_months: int = Field(14, ge=1, description="an account that nobody used for so long is deleted")
    inactivity_first_notice_days: int = Field(30, ge=1, description="the first warning comes so long before")
    inactivity_second_notice_days: int = Field(7, ge=1, description="the second one; less than the first")
    never_activated_months: int = Field(4, ge=1, description="an account that was never finished is removed")
    inactivity_portion: int = Field(200, ge=1, description="accounts warned about or deleted in one transaction")

    signing_keys: SecretStr = Field(description="JWK set, Ed25519, the one in use first")
    encryption_keys: SecretStr = Field(description="kid:base64url32[,…] for values at rest, the one in use first")
    lookup_keys: SecretStr = Field(description="kid:base64url32[,…] to find encrypted values, the one in use first")
    sealing_public_key: SecretStr = Field(description="JWK of notifications, for what only it may read")
    identity_sealing_private_key: SecretStr = Field(description="JWK (or set) of ours, for what others seal for us")

    session_idle_minutes: int = Field(30, ge=1)
    session_absolute_hours: int = Field(12, ge=1)
    email_proof_hours: int = Field(24, ge=1)
    invitation_days: int = Field(30, ge=1)
    access_token_minutes: int = Field(60, ge=1, le=60, description="what a program gets at /oauth/token is good for")
    client_failures: int = Field(20, ge=1, description="wrong secrets for one program from one source, per window")
    guessing_failures: int = Field(300, ge=1, description="per source and window; a ministry sits behind one address")
    guessing_window_minutes: int = Field(10, ge=1)
    certificate_days: int = Field(365, ge=1, description="how long a certificate of erasure can be read")
    proof_mails_per_hour: int = Field(5, ge=1, description="to one address")
    proof_mails_per_person_and_hour: int = Field(20, ge=1, description="asked for by one person, to whatever address")

    @property
    def session_limits(self) -> Limits:
        return Limits(timedelta(minutes=self.session_idle_minutes), timedelta(hours=self.session_absolute_hours))

    @property
    def recheck_hours(self) -> Hours:
        return Hours(self.recheck_from_hour, self.recheck_until_hour)

    @property
    def recheck_every(self) -> timedelta:
        return timedelta(days=self.recheck_days)

    @property
    def patience(self) -> Patience:
        notices = (self.inactivity_first_notice_days, self.inactivity_second_notice_days)
        return Patience(
            self.inactivity_months, self.never_activated_months, tuple(timedelta(days=days) for days in notices)
        )

    @property
    def employment_grace(self) -> timedelta:
        return timedelta(days=self.employment_grace_days)

    @property
    def callback_url(self) -> str:
        """Never from the Host header: TaxisNet compares it with the registered one, and so should an attacker fail."""
        return f"{self.public_url}/auth/callback"
