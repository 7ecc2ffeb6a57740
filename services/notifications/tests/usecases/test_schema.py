"""The migrations and the models say the same."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from notifications.models import Message

OURS = set(Message.metadata.tables)


def test_the_models_describe_what_the_migrations_made(database: Engine) -> None:
    def is_ours(_object: object, name: str | None, kind: str, *_: object) -> bool:
        return kind != "table" or name in OURS

    with database.connect() as connection:
        options = {"compare_type": False, "include_object": is_ours}  # text and varchar are one to us
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), Message.metadata)

    assert differences == []
