"""Which keys rows were written with. Only adds: the previous code neither reads nor notes them."""

from alembic import op

from chassis.migrations import create_key_table

revision, down_revision = "0006", "0005"


def upgrade() -> None:
    create_key_table(op)
    op.execute(
        "INSERT INTO key_use (ring, kid, since)"
        " SELECT DISTINCT 'join links', split_part(join_url, ':', 1), now() FROM registrant WHERE join_url LIKE '%:%'"
    )
