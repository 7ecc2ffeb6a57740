"""When an account was last used, counted from now on: nobody loses one for what was not written down before."""

from alembic import op

revision = "0011"
down_revision = "0010"

STATEMENTS = """
ALTER TABLE person ADD COLUMN last_active_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN inactivity_warnings smallint NOT NULL DEFAULT 0, ADD COLUMN inactivity_warned_at timestamptz;

CREATE INDEX person_unused_idx ON person (inactivity_warnings, last_active_at);

CREATE INDEX person_never_activated_idx ON person (last_active_at) WHERE activated_at IS NULL;

INSERT INTO timer (name, subject, due_at, payload, attempts, correlation_id)
    VALUES ('inactivity.clean_up', 'everybody', now(), '{}', 0, 'migration-0011')
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
