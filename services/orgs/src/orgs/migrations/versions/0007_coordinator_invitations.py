"""Who is invited to coordinate. Only adds: the previous code knows none of it."""

from alembic import op

revision = "0007"
down_revision = "0006"

TABLES = """
CREATE TABLE coordinator_invitation (
    id uuid CONSTRAINT coordinator_invitation_pkey PRIMARY KEY,
    institution_id uuid NOT NULL,
    unit_id uuid NOT NULL,
    role text NOT NULL
        CONSTRAINT coordinator_invitation_role_check CHECK (role IN ('institution_coordinator', 'unit_coordinator')),
    surname text NOT NULL,
    name text NOT NULL,
    search text COLLATE "C" NOT NULL,
    email text NOT NULL,
    address_key text NOT NULL,
    phone text,
    language text NOT NULL,
    inviter_id uuid,
    state text NOT NULL CONSTRAINT coordinator_invitation_state_check
        CHECK (state IN ('pending', 'surname_differs', 'accepted', 'revoked', 'declined')),
    person_id uuid,
    created_at timestamptz NOT NULL,
    sent_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    version integer NOT NULL,
    CONSTRAINT coordinator_invitation_institution_id_unit_id_fkey
        FOREIGN KEY (institution_id, unit_id) REFERENCES unit (institution_id, id)
);

CREATE UNIQUE INDEX coordinator_invitation_open_once ON coordinator_invitation (institution_id, address_key)
    WHERE state IN ('pending', 'surname_differs');
CREATE INDEX coordinator_invitation_by_name ON coordinator_invitation (institution_id, search, id)
    WHERE state IN ('pending', 'surname_differs');
CREATE INDEX coordinator_invitation_of_unit ON coordinator_invitation (unit_id)
    WHERE state IN ('pending', 'surname_differs');
CREATE INDEX coordinator_invitation_inviter_idx ON coordinator_invitation (inviter_id);
CREATE INDEX coordinator_invitation_person_idx ON coordinator_invitation (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX person_email_idx ON person (lower(email));
CREATE INDEX membership_coordinators ON membership (institution_id, person_id) WHERE role <> 'user'
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)
