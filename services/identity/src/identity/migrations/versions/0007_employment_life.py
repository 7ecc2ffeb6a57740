"""When the register last answered for somebody, and the nightly questions. Only adds: the previous code asks none."""

from alembic import op

revision = "0007"
down_revision = "0006"

STATEMENTS = """
ALTER TABLE person ADD COLUMN employment_checked_at timestamptz, ADD COLUMN employment_asked_until timestamptz;

CREATE INDEX person_employment_checked_idx ON person (employment_checked_at NULLS FIRST, id)
    WHERE status = 'active' AND employment <> 'pending';

INSERT INTO timer (name, subject, due_at, payload, attempts, correlation_id)
    VALUES ('employment.nightly', 'everybody', now(), '{}', 0, 'migration-0007')
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
