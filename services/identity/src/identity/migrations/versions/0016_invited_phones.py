"""The telephone that a coordinator was invited with. Only adds: the previous code knows none of it."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.execute("ALTER TABLE invitation ADD COLUMN phone text")
