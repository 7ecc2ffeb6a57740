"""The audit trail, and whom not to hear of again. Only adds: the previous code knows neither."""

from alembic import op

from chassis.migrations import create_audit_tables, create_tombstone_table

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    create_audit_tables(op)
    create_tombstone_table(op)
