"""Finds invitations by name or address (S19). Only adds; what the previous code writes meanwhile no search finds."""

from alembic import op
from sqlalchemy import text

from chassis.text import folded

revision = "0015"
down_revision = "0014"

NEXT = "SELECT id, surname, name, email FROM invitation WHERE id > :after ORDER BY id LIMIT 5000"
FILL = """
UPDATE invitation SET search = filled.search
FROM unnest(CAST(:ids AS uuid[]), CAST(:searches AS text[])) AS filled (id, search) WHERE invitation.id = filled.id
"""


def upgrade() -> None:
    op.execute("ALTER TABLE invitation ADD COLUMN search text NOT NULL DEFAULT ''")
    connection, after = op.get_bind(), "00000000-0000-0000-0000-000000000000"
    while rows := connection.execute(text(NEXT), {"after": after}).all():
        searches = [folded(f"{row.surname} {row.name} {row.email}") for row in rows]
        connection.execute(text(FILL), {"ids": [row.id for row in rows], "searches": searches})
        after = rows[-1].id
