"""Finds the messages of a person who is to be forgotten. Only adds."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("CREATE INDEX message_person_id_idx ON message (person_id) WHERE person_id IS NOT NULL")
