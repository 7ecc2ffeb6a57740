"""Whose address nobody has written: people added by their account. That of whoever is in now counts as known."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute("ALTER TABLE participation ADD COLUMN masked boolean NOT NULL DEFAULT false")
