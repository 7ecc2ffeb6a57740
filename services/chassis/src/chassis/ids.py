"""Keys that sort by the moment they were made, so that indexes grow at one end."""

from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    return UUID(bytes=uuid_utils.uuid7().bytes)
