"""Participants who were erased: their row stays for the report, and is found by whose it was. Only adds."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("ALTER TABLE participation ADD COLUMN erased_at timestamptz")
    op.execute("CREATE INDEX participation_whose_idx ON participation (person_id) WHERE person_id IS NOT NULL")
