"""Certificates of erasure, and which planned conferences are whose. Only adds: the previous code knows neither."""

from alembic import op

revision = "0008"
down_revision = "0007"

TABLES = """
CREATE TABLE erasure (
    subject uuid CONSTRAINT erasure_pkey PRIMARY KEY,
    token_digest bytea NOT NULL CONSTRAINT erasure_token_digest_key UNIQUE,
    erased_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE INDEX erasure_expires_at_idx ON erasure (expires_at);

CREATE TABLE erasure_confirmation (
    subject uuid NOT NULL CONSTRAINT erasure_confirmation_subject_fkey REFERENCES erasure ON DELETE CASCADE,
    service text NOT NULL,
    confirmed_at timestamptz NOT NULL,
    CONSTRAINT erasure_confirmation_pkey PRIMARY KEY (subject, service)
);

CREATE TABLE owned_conference (
    conference_id uuid CONSTRAINT owned_conference_pkey PRIMARY KEY,
    owner_id uuid,
    number bigint NOT NULL,
    title text,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    state text NOT NULL,
    sequence bigint NOT NULL
);

CREATE INDEX owned_conference_owner_idx ON owned_conference (owner_id, starts_at);

CREATE INDEX owned_conference_ends_at_idx ON owned_conference (ends_at);

CREATE INDEX invitation_person_id_idx ON invitation (person_id) WHERE person_id IS NOT NULL;

CREATE INDEX invitation_address_key_idx ON invitation (address_key);

CREATE INDEX person_invitation_id_idx ON person (invitation_id) WHERE invitation_id IS NOT NULL
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n\n"):
        op.execute(statement)
