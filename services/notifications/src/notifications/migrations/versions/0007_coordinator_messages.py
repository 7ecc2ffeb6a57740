"""Messages to an institution's coordinators, and the copies that say who those are. Only adds.

`administrator` stays for the previous code and goes in a later release. Once this one runs everywhere, rebuild
the copies (`python -m notifications rebuild --all`): until then nobody whom only the previous code heard of leads.
"""

from alembic import op

revision = "0007"
down_revision = "0006"

TABLES = """
ALTER TABLE person ADD COLUMN surname text, ADD COLUMN name text, ADD COLUMN status text;

CREATE TABLE membership (
    person_id uuid CONSTRAINT membership_pkey PRIMARY KEY,
    institution_id uuid,
    role text NOT NULL,
    platform_administrator boolean NOT NULL,
    sequence bigint NOT NULL
);

CREATE INDEX membership_institution_id_idx ON membership (institution_id) WHERE role <> 'user';

INSERT INTO membership (person_id, role, platform_administrator, sequence)
SELECT person_id, 'user', active, sequence FROM administrator;

CREATE TABLE institution (
    institution_id uuid CONSTRAINT institution_pkey PRIMARY KEY,
    name text NOT NULL,
    sequence bigint NOT NULL
);

CREATE TABLE coordinator_message (
    id uuid CONSTRAINT coordinator_message_pkey PRIMARY KEY,
    institution_id uuid NOT NULL,
    sender_id uuid,
    subject text,
    body text,
    created_at timestamptz NOT NULL,
    day date NOT NULL,
    place integer NOT NULL,
    CONSTRAINT coordinator_message_institution_id_day_place_key UNIQUE (institution_id, day, place)
);

CREATE INDEX coordinator_message_institution_id_idx ON coordinator_message (institution_id, id);

CREATE INDEX coordinator_message_sender_id_idx ON coordinator_message (sender_id) WHERE sender_id IS NOT NULL
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)
