"""Open invitations are found by parts of a name without reading all of them. Only adds."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute(
        "CREATE INDEX coordinator_invitation_search_idx ON coordinator_invitation USING gin (search gin_trgm_ops)"
        " WHERE state IN ('pending', 'surname_differs')"
    )
