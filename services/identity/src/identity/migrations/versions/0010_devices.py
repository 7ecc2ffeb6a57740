"""On what a session began (O1). Only adds: sessions that have begun before stay without."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute("ALTER TABLE browser_session ADD COLUMN browser text, ADD COLUMN system text")
