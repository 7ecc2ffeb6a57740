"""The people of an institution are counted from an index alone. Only adds."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("CREATE INDEX membership_people ON membership (institution_id, person_id)")
