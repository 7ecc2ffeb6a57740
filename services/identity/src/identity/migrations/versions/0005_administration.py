"""What platform administrators see and write of people (O6): the search column, who disabled whom and why, a comment.

Only adds: the previous code fills neither, and a person it makes meanwhile is found by name from their next change on.
"""

from alembic import op
from sqlalchemy import text

from chassis.text import folded

revision = "0005"
down_revision = "0004"

COLUMNS = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN CREATE EXTENSION pg_trgm; END IF;
END $$;

ALTER TABLE person
    ADD COLUMN search text NOT NULL DEFAULT '',
    ADD COLUMN disabled_over varchar(40),
    ADD COLUMN disabled_at timestamptz,
    ADD COLUMN disabled_by uuid,
    ADD COLUMN disabled_note text,
    ADD COLUMN admin_comment text
"""
SEARCH_INDEX = "CREATE INDEX person_search_idx ON person USING gin (search gin_trgm_ops)"
NEXT = "SELECT id, surname, name FROM person WHERE id > :after ORDER BY id LIMIT 5000"
FILL = """
UPDATE person SET search = filled.search
FROM unnest(CAST(:ids AS uuid[]), CAST(:searches AS text[])) AS filled (id, search) WHERE person.id = filled.id
"""


def upgrade() -> None:
    op.execute(COLUMNS)
    connection, after = op.get_bind(), "00000000-0000-0000-0000-000000000000"
    while rows := connection.execute(text(NEXT), {"after": after}).all():
        searches = [folded(f"{row.surname} {row.name}") for row in rows]
        connection.execute(text(FILL), {"ids": [row.id for row in rows], "searches": searches})
        after = rows[-1].id
    op.execute(SEARCH_INDEX)
