"""Who may edit whose conferences (S18). Only adds: the previous code knows nothing of it."""

from alembic import op

revision = "0006"
down_revision = "0005"

STATEMENTS = """
CREATE TABLE collaboration (
    id uuid CONSTRAINT collaboration_pkey PRIMARY KEY,
    owner_person_id uuid NOT NULL
        CONSTRAINT collaboration_owner_person_id_fkey REFERENCES membership (person_id),
    collaborator_person_id uuid NOT NULL
        CONSTRAINT collaboration_collaborator_person_id_fkey REFERENCES membership (person_id),
    institution_id uuid NOT NULL CONSTRAINT collaboration_institution_id_fkey REFERENCES institution,
    state text NOT NULL CONSTRAINT collaboration_state_check CHECK (state IN ('pending', 'active', 'ended')),
    ended_because text CONSTRAINT collaboration_because_check CHECK (
        ended_because IN ('cancelled', 'rejected', 'ended_by_owner', 'ended_by_collaborator', 'eligibility_ended')
    ),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    CONSTRAINT collaboration_owner_person_id_collaborator_person_id_key
        UNIQUE (owner_person_id, collaborator_person_id),
    CONSTRAINT collaboration_two_people_check CHECK (owner_person_id <> collaborator_person_id),
    CONSTRAINT collaboration_ended_because_check CHECK ((ended_because IS NOT NULL) = (state = 'ended'))
);

CREATE INDEX collaboration_of_collaborator ON collaboration (collaborator_person_id) WHERE state <> 'ended'
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
