"""The sweep of what has expired starts with the service and goes on by itself."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute(
        "INSERT INTO timer (name, subject, due_at, payload, attempts, correlation_id)"
        " VALUES ('sweep', 'expired', now(), '{}', 0, 'migration-0002')"
    )
