"""Who runs an institution sees its people by name; a unit in use is not closed; names of open ones are unique (S17).

Only adds: what the previous code writes of a person meanwhile is found by name from their next change on.
Two open institutions, or units of one, with the same name stop it: rename one of them first.
"""

from alembic import op
from sqlalchemy import Connection, text

from chassis.text import folded

revision = "0005"
down_revision = "0004"

COLUMNS = """
ALTER TABLE institution ADD COLUMN contact_name text, ADD COLUMN contact_email text, ADD COLUMN contact_phone text;

ALTER TABLE person ADD COLUMN search text COLLATE "C" NOT NULL DEFAULT '';

CREATE TABLE planned_conference (
    conference_id uuid CONSTRAINT planned_conference_pkey PRIMARY KEY,
    institution_id uuid NOT NULL,
    unit_id uuid,
    ends_at timestamptz NOT NULL,
    state text NOT NULL,
    sequence bigint NOT NULL
)
"""
INDEXES = """
CREATE INDEX person_search_idx ON person USING gin (search gin_trgm_ops);
CREATE INDEX person_by_name ON person (search, person_id);
CREATE INDEX institution_by_name_all ON institution (search, id);
CREATE UNIQUE INDEX institution_named_once ON institution (search) WHERE state = 'active';
CREATE INDEX unit_by_name_all ON unit (institution_id, search, id);
CREATE UNIQUE INDEX unit_named_once ON unit (institution_id, search) WHERE state = 'active';
CREATE INDEX membership_role_idx ON membership (institution_id, role);
CREATE INDEX planned_conference_ends_at_idx ON planned_conference (ends_at);
CREATE INDEX planned_conference_place_idx ON planned_conference (institution_id, ends_at)
"""
NEXT = "SELECT person_id, surname, name FROM person WHERE person_id > :after ORDER BY person_id LIMIT 5000"
FILL = """
UPDATE person SET search = filled.search
FROM unnest(CAST(:ids AS uuid[]), CAST(:searches AS text[])) AS filled (id, search) WHERE person_id = filled.id
"""
FIRST_SWEEP = """
INSERT INTO timer (name, subject, due_at, payload, attempts, correlation_id)
VALUES ('sweep', 'expired', now(), '{}', 0, 'migration-0005')
"""


def upgrade() -> None:
    for statement in COLUMNS.split(";\n"):
        op.execute(statement)
    fill(op.get_bind())
    for statement in INDEXES.split(";\n"):
        op.execute(statement)
    op.execute(FIRST_SWEEP)


def fill(connection: Connection) -> None:
    after = "00000000-0000-0000-0000-000000000000"
    while rows := connection.execute(text(NEXT), {"after": after}).all():
        searches = [folded(f"{row.surname} {row.name} {row.surname}") for row in rows]
        connection.execute(text(FILL), {"ids": [row.person_id for row in rows], "searches": searches})
        after = rows[-1].person_id
