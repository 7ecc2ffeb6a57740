from pydantic import Field, SecretStr

from chassis.settings import Current, ServiceSettings


class Settings(ServiceSettings):
    service: str = "orgs"
    sealing_public_key: SecretStr = Field(description="JWK of notifications, for what only it may read")
    identity_sealing_public_key: SecretStr = Field(description="JWK of identity, for what only it may read")


_current = Current(Settings)
use, current = _current.use, _current.get
