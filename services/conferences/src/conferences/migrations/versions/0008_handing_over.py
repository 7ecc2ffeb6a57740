"""To whom conferences can be handed over, and what has none who coordinates it. An index only."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute(
        "CREATE INDEX membership_coordinating_idx ON membership (institution_id)"
        " WHERE role IN ('institution_coordinator', 'unit_coordinator')"
    )
