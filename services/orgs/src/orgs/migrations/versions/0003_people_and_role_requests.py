"""What identity says of people, and who asks for a role. Only adds: the previous code knows neither."""

from alembic import op

revision = "0003"
down_revision = "0002"

TABLES = """
CREATE TABLE person (
    person_id uuid CONSTRAINT person_pkey PRIMARY KEY,
    number bigint NOT NULL,
    surname text NOT NULL,
    name text NOT NULL,
    email text,
    status text NOT NULL,
    employment text NOT NULL,
    employment_bodies jsonb NOT NULL,
    sequence bigint NOT NULL
);

CREATE TABLE role_request (
    id uuid CONSTRAINT role_request_pkey PRIMARY KEY,
    person_id uuid NOT NULL CONSTRAINT role_request_person_id_fkey REFERENCES membership (person_id),
    role text NOT NULL
        CONSTRAINT role_request_role_check CHECK (role IN ('institution_coordinator', 'unit_coordinator')),
    institution_id uuid NOT NULL CONSTRAINT role_request_institution_id_fkey REFERENCES institution,
    unit_id uuid,
    phone text NOT NULL,
    reason text NOT NULL,
    state text NOT NULL
        CONSTRAINT role_request_state_check CHECK (state IN ('open', 'accepted', 'rejected', 'withdrawn')),
    withdrawn_because text,
    comment text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CONSTRAINT role_request_institution_id_unit_id_fkey
        FOREIGN KEY (institution_id, unit_id) REFERENCES unit (institution_id, id),
    CONSTRAINT role_request_unit_named_check CHECK (unit_id IS NOT NULL OR role = 'institution_coordinator'),
    CONSTRAINT role_request_withdrawn_because_check
        CHECK ((withdrawn_because IS NOT NULL) = (state = 'withdrawn'))
);

CREATE UNIQUE INDEX role_request_open_once ON role_request (person_id) WHERE state = 'open';
CREATE INDEX role_request_of_person ON role_request (person_id, id);
CREATE INDEX role_request_of_institution ON role_request (institution_id, id);
CREATE INDEX role_request_open_of_institution ON role_request (institution_id, id) WHERE state = 'open';
CREATE INDEX role_request_open ON role_request (id) WHERE state = 'open'
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)
