"""How often in a row somebody was asked to collaborate: only the first times are mailed (S18). Only adds."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute("ALTER TABLE collaboration ADD COLUMN asked_times integer NOT NULL DEFAULT 1")
