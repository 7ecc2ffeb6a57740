"""Which keys rows were written with. Only adds: the previous code neither reads nor notes them."""

from alembic import op

from chassis.migrations import create_key_table

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    create_key_table(op)
    op.execute(
        "INSERT INTO key_use (ring, kid, since)"
        " SELECT DISTINCT 'encryption', split_part(tax_id, ':', 1), now() FROM person WHERE tax_id LIKE '%:%'"
    )
