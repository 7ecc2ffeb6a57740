"""Programs that act for an institution, their secrets and tokens. Only adds."""

from alembic import op

revision = "0009"
down_revision = "0008"

TABLES = """
CREATE TABLE service_client (
    id uuid CONSTRAINT service_client_pkey PRIMARY KEY,
    name text NOT NULL,
    scopes jsonb NOT NULL,
    institution_id uuid NOT NULL,
    contact text NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at timestamptz,
    version integer NOT NULL
);

CREATE TABLE client_secret (
    id uuid CONSTRAINT client_secret_pkey PRIMARY KEY,
    client_id uuid NOT NULL CONSTRAINT client_secret_client_id_fkey REFERENCES service_client ON DELETE CASCADE,
    digest bytea NOT NULL CONSTRAINT client_secret_digest_key UNIQUE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz
);

CREATE INDEX client_secret_client_id_idx ON client_secret (client_id);

CREATE TABLE access_token (
    token_digest bytea CONSTRAINT access_token_pkey PRIMARY KEY,
    client_id uuid NOT NULL CONSTRAINT access_token_client_id_fkey REFERENCES service_client ON DELETE CASCADE,
    scopes jsonb NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE INDEX access_token_client_id_idx ON access_token (client_id);

CREATE INDEX access_token_expires_at_idx ON access_token (expires_at)
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n\n"):
        op.execute(statement)
