"""The account's and the server's oddities that a test may turn on one by one."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from sandbox.zoom.operations import GRANULAR


class Switches(BaseModel):
    model_config = ConfigDict(extra="forbid")

    app_active: bool = True
    scopes: frozenset[str] = GRANULAR
    token_seconds: Annotated[int, Field(ge=1)] = 3599
    awkward_uuids: bool = Field(default=False, description="uuids that must be encoded twice in a path")
    idle_end: Literal["accept", "refuse"] = Field(default="accept", description="ending what does not run")
    registration_off: Literal["300", "404"] = Field(default="300", description="the code when there is no registration")
    registrant_cap: Annotated[int, Field(ge=1, le=4999)] = 4999
    blank_emails: bool = Field(default=False, description="events and reports without outsiders' addresses")
    missing_registrant_ids: bool = False
    numeric_ids: bool = Field(default=False, description="a number where a string is due")
    unknown_keys: bool = False
