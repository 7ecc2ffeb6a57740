"""Who may edit whose conferences, as orgs says. Only adds; `rebuild orgs` fills it where orgs has told already."""

from alembic import op

revision = "0009"
down_revision = "0008"

STATEMENTS = """
CREATE TABLE collaboration (
    collaboration_id uuid CONSTRAINT collaboration_pkey PRIMARY KEY,
    sequence bigint NOT NULL,
    owner_person_id uuid NOT NULL,
    collaborator_person_id uuid NOT NULL,
    active boolean NOT NULL
);

CREATE INDEX collaboration_of_collaborator ON collaboration (collaborator_person_id, owner_person_id) WHERE active;
CREATE INDEX collaboration_of_owner ON collaboration (owner_person_id)
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
