"""People, their addresses, sign-ins, sessions, invitations, and what identity knows of orgs."""

from alembic import op

from chassis.migrations import create_chassis_tables

revision = "0001"
down_revision = None

TABLES = """
CREATE SEQUENCE person_number START 100001;

CREATE TABLE invitation (
    id uuid CONSTRAINT invitation_pkey PRIMARY KEY,
    email text NOT NULL,
    address_key text NOT NULL,
    surname text NOT NULL,
    name text NOT NULL,
    language text NOT NULL CONSTRAINT invitation_language_check CHECK (language IN ('el', 'en')),
    offer jsonb,
    inviter_id uuid,
    institution_id uuid,
    token_digest bytea NOT NULL CONSTRAINT invitation_token_digest_key UNIQUE,
    created_at timestamptz NOT NULL,
    sent_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    accepted_at timestamptz,
    revoked_at timestamptz,
    person_id uuid,
    version integer NOT NULL,
    CONSTRAINT invitation_accepted_by_somebody_check CHECK ((accepted_at IS NULL) = (person_id IS NULL)),
    CONSTRAINT invitation_one_end_check CHECK (accepted_at IS NULL OR revoked_at IS NULL)
);

CREATE INDEX invitation_institution_idx ON invitation (institution_id, created_at, id);

CREATE INDEX invitation_inviter_idx ON invitation (inviter_id, created_at, id);

CREATE UNIQUE INDEX invitation_open_once ON invitation (institution_id, address_key)
    WHERE accepted_at IS NULL AND revoked_at IS NULL AND offer IS NULL;

CREATE TABLE person (
    id uuid CONSTRAINT person_pkey PRIMARY KEY,
    number bigint NOT NULL DEFAULT nextval('person_number') CONSTRAINT person_number_key UNIQUE,
    tax_id text NOT NULL,
    tax_lookup bytea NOT NULL CONSTRAINT person_tax_lookup_key UNIQUE,
    surname text NOT NULL,
    name text NOT NULL,
    status varchar(40) NOT NULL
        CONSTRAINT person_status_check CHECK (status IN ('awaiting_activation', 'active', 'disabled')),
    disabled_reason varchar(40)
        CONSTRAINT person_disabled_reason_check CHECK (disabled_reason IN ('administrator', 'not_employed')),
    employment varchar(40) NOT NULL
        CONSTRAINT person_employment_check CHECK (employment IN ('employed', 'pending', 'none')),
    employment_bodies jsonb NOT NULL,
    employment_flagged_at timestamptz,
    institution_id uuid,
    invitation_id uuid CONSTRAINT person_invitation_id_fkey REFERENCES invitation,
    phone text,
    language text NOT NULL CONSTRAINT person_language_check CHECK (language IN ('el', 'en')),
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    activated_at timestamptz,
    version integer NOT NULL,
    CONSTRAINT person_disabled_for_a_reason_check CHECK ((status = 'disabled') = (disabled_reason IS NOT NULL))
);

CREATE TABLE person_email (
    id uuid CONSTRAINT person_email_pkey PRIMARY KEY,
    person_id uuid NOT NULL CONSTRAINT person_email_person_id_fkey REFERENCES person ON DELETE CASCADE,
    email text NOT NULL,
    address_key text NOT NULL,
    "primary" boolean NOT NULL,
    proof varchar(40)
        CONSTRAINT person_email_proof_check CHECK (proof IN ('link', 'invitation', 'administrator')),
    proven_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT person_email_proven_somehow_check CHECK ((proof IS NULL) = (proven_at IS NULL))
);

CREATE UNIQUE INDEX person_email_proven_once ON person_email (address_key) WHERE proven_at IS NOT NULL;

CREATE UNIQUE INDEX person_email_one_primary ON person_email (person_id) WHERE "primary";

CREATE UNIQUE INDEX person_email_claimed_once ON person_email (person_id, address_key);

CREATE INDEX person_email_address_key_idx ON person_email (address_key);

CREATE TABLE email_proof (
    id uuid CONSTRAINT email_proof_pkey PRIMARY KEY,
    email_id uuid NOT NULL CONSTRAINT email_proof_email_id_fkey REFERENCES person_email ON DELETE CASCADE
        CONSTRAINT email_proof_email_id_key UNIQUE,
    token_digest bytea NOT NULL CONSTRAINT email_proof_token_digest_key UNIQUE,
    expires_at timestamptz NOT NULL
);

CREATE TABLE acceptance (
    person_id uuid NOT NULL CONSTRAINT acceptance_person_id_fkey REFERENCES person ON DELETE CASCADE,
    document text NOT NULL CONSTRAINT acceptance_document_check CHECK (document IN ('terms', 'privacy')),
    version text NOT NULL,
    accepted_at timestamptz NOT NULL,
    CONSTRAINT acceptance_pkey PRIMARY KEY (person_id, document, version)
);

CREATE TABLE trip (
    state_digest bytea CONSTRAINT trip_pkey PRIMARY KEY,
    browser_digest bytea NOT NULL,
    baggage text NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE INDEX trip_expires_at_idx ON trip (expires_at);

CREATE TABLE pending_sign_in (
    token_digest bytea CONSTRAINT pending_sign_in_pkey PRIMARY KEY,
    content text NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE INDEX pending_sign_in_expires_at_idx ON pending_sign_in (expires_at);

CREATE TABLE browser_session (
    id uuid CONSTRAINT browser_session_pkey PRIMARY KEY,
    token_digest bytea NOT NULL CONSTRAINT browser_session_token_digest_key UNIQUE,
    person_id uuid NOT NULL CONSTRAINT browser_session_person_id_fkey REFERENCES person ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL
);

CREATE INDEX browser_session_person_id_idx ON browser_session (person_id);

CREATE INDEX browser_session_last_used_at_idx ON browser_session (last_used_at);

CREATE TABLE institution (
    id uuid CONSTRAINT institution_pkey PRIMARY KEY,
    name text NOT NULL,
    employment_api_id text,
    state text NOT NULL,
    sequence bigint NOT NULL
);

CREATE INDEX institution_employment_api_id_idx ON institution (employment_api_id);

CREATE TABLE membership (
    person_id uuid CONSTRAINT membership_pkey PRIMARY KEY,
    institution_id uuid NOT NULL,
    unit_id uuid NOT NULL,
    role varchar(40) NOT NULL,
    platform_administrator boolean NOT NULL,
    sequence bigint NOT NULL
)
"""


def upgrade() -> None:
    create_chassis_tables(op)
    for statement in TABLES.split(";\n\n"):
        op.execute(statement)
