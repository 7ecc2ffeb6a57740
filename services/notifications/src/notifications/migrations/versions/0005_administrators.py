"""Who runs the platform, as orgs tells: they may read this service's audit trail. Only adds."""

from alembic import op

revision = "0005"
down_revision = "0004"

TABLE = """
CREATE TABLE administrator (
    person_id uuid CONSTRAINT administrator_pkey PRIMARY KEY,
    active boolean NOT NULL,
    sequence bigint NOT NULL
)
"""


def upgrade() -> None:
    op.execute(TABLE)
