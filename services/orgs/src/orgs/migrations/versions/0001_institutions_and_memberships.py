"""Institutions, units, memberships, offers."""

from alembic import op

from chassis.migrations import create_chassis_tables

revision = "0001"
down_revision = None

TABLES = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE institution (
    id uuid CONSTRAINT institution_pkey PRIMARY KEY,
    name text NOT NULL,
    search text COLLATE "C" NOT NULL,
    registry_code text CONSTRAINT institution_registry_code_key UNIQUE,
    employment_api_id text CONSTRAINT institution_employment_api_id_key UNIQUE,
    state text NOT NULL CONSTRAINT institution_state_check CHECK (state IN ('active', 'closed')),
    general_unit_id uuid NOT NULL,
    version integer NOT NULL
);

CREATE TABLE unit (
    id uuid CONSTRAINT unit_pkey PRIMARY KEY,
    institution_id uuid NOT NULL CONSTRAINT unit_institution_id_fkey REFERENCES institution,
    name text NOT NULL,
    search text COLLATE "C" NOT NULL,
    state text NOT NULL CONSTRAINT unit_state_check CHECK (state IN ('active', 'closed')),
    version integer NOT NULL,
    CONSTRAINT unit_institution_id_id_key UNIQUE (institution_id, id)
);

-- Deferred: the institution and its general unit name each other, one is written first.
ALTER TABLE institution ADD CONSTRAINT institution_id_general_unit_id_fkey
    FOREIGN KEY (id, general_unit_id) REFERENCES unit (institution_id, id) DEFERRABLE INITIALLY DEFERRED;

CREATE INDEX institution_search_idx ON institution USING gin (search gin_trgm_ops);
CREATE INDEX institution_by_name ON institution (search, id) WHERE state = 'active';
CREATE INDEX unit_by_name ON unit (institution_id, search, id) WHERE state = 'active';

CREATE TABLE membership (
    person_id uuid CONSTRAINT membership_pkey PRIMARY KEY,
    institution_id uuid NOT NULL,
    unit_id uuid NOT NULL,
    role text NOT NULL
        CONSTRAINT membership_role_check CHECK (role IN ('institution_coordinator', 'unit_coordinator', 'user')),
    platform_administrator boolean NOT NULL,
    created_at timestamptz NOT NULL,
    version integer NOT NULL,
    CONSTRAINT membership_institution_id_unit_id_fkey
        FOREIGN KEY (institution_id, unit_id) REFERENCES unit (institution_id, id)
);

CREATE INDEX membership_place_idx ON membership (institution_id, unit_id);

CREATE TABLE offer (
    invitation_id uuid CONSTRAINT offer_pkey PRIMARY KEY,
    person_id uuid NOT NULL,
    role text NOT NULL
        CONSTRAINT offer_role_check
        CHECK (role IN ('platform_administrator', 'institution_coordinator', 'unit_coordinator')),
    institution_id uuid,
    unit_id uuid,
    taken_at timestamptz,
    CONSTRAINT offer_role_somewhere_check CHECK (role = 'platform_administrator' OR institution_id IS NOT NULL)
);

CREATE INDEX offer_person_id_idx ON offer (person_id) WHERE taken_at IS NULL
"""


def upgrade() -> None:
    create_chassis_tables(op)
    for statement in TABLES.split(";\n"):
        op.execute(statement)
