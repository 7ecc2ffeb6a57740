"""Messages and the addresses of people."""

from alembic import op

from chassis.migrations import create_chassis_tables

revision = "0001"
down_revision = None

TABLES = """
CREATE TABLE message (
    id uuid CONSTRAINT message_pkey PRIMARY KEY,
    template text NOT NULL CONSTRAINT message_template_check CHECK (template IN (
        'email_proof', 'platform_invitation', 'sign_in_closed',
        'conference_invitation', 'conference_cancelled', 'conference_removed')),
    about uuid NOT NULL,
    fact_id uuid NOT NULL,
    sequence bigint NOT NULL,
    occurred_at timestamptz NOT NULL,
    person_id uuid,
    data jsonb NOT NULL,
    lane text NOT NULL CONSTRAINT message_lane_check CHECK (lane IN ('urgent', 'ordinary')),
    message_id text NOT NULL CONSTRAINT message_message_id_key UNIQUE,
    correlation_id text NOT NULL,
    state text NOT NULL
        CONSTRAINT message_state_check CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'superseded')),
    attempts integer NOT NULL,
    doubtful boolean NOT NULL,
    failure text,
    queued_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    give_up_at timestamptz NOT NULL,
    sent_at timestamptz,
    CONSTRAINT message_fact_id_template_about_key UNIQUE (fact_id, template, about)
);

CREATE INDEX message_about_idx ON message (about, sequence);
CREATE INDEX message_due_idx ON message (lane, due_at) WHERE state IN ('queued', 'sending');

CREATE TABLE person (
    person_id uuid CONSTRAINT person_pkey PRIMARY KEY,
    email text,
    sequence bigint NOT NULL
)
"""


def upgrade() -> None:
    create_chassis_tables(op)
    for statement in TABLES.split(";\n"):
        op.execute(statement)
