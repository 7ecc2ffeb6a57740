"""Chassis tables and two of the sample's own."""

from alembic import op

from chassis.migrations import (
    add_rebuilding,
    create_audit_tables,
    create_chassis_tables,
    create_key_table,
    create_tombstone_table,
)

revision, down_revision = "0001", None


def upgrade() -> None:
    create_chassis_tables(op)
    create_audit_tables(op)
    create_tombstone_table(op)
    create_key_table(op)
    add_rebuilding(op)
    op.execute("CREATE TABLE thing (id uuid PRIMARY KEY, name text NOT NULL, version integer NOT NULL)")
    op.execute("ALTER TABLE thing ADD CONSTRAINT thing_name_once UNIQUE (name)")
    op.execute("CREATE TABLE copy (id uuid PRIMARY KEY, name text NOT NULL, sequence bigint NOT NULL)")
    op.execute(
        "CREATE TABLE box"
        " (label bytea PRIMARY KEY, content text NOT NULL, content_lookup bytea NOT NULL UNIQUE, note text)"
    )
    op.execute("CREATE TABLE ledger (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, act text NOT NULL)")
    op.execute("INSERT INTO ledger (act) VALUES ('born')")
