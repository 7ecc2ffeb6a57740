"""When whoever was refused may ask again (S18). Only adds: the previous code asks as before and counts nothing."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE collaboration ADD COLUMN ask_again_at timestamptz,"
        " ADD COLUMN asked_times integer NOT NULL DEFAULT 1"
    )
    op.execute(
        "UPDATE collaboration SET ask_again_at = updated_at + interval '7 days'"
        " WHERE ended_because IN ('rejected', 'ended_by_collaborator') AND updated_at > now() - interval '7 days'"
    )
