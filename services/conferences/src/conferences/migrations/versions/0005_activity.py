"""Identity hears who was in conferences, from those of today on."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute(
        "INSERT INTO timer (name, subject, due_at, payload, attempts, correlation_id)"
        " VALUES ('activity.tell', 'everybody', now(), jsonb_build_object('starts_at', now() - interval '3 days',"
        " 'id', '00000000-0000-0000-0000-000000000000'), 0, 'migration-0005')"
    )
