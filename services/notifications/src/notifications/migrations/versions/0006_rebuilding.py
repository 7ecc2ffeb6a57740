"""What is told to one service alone, how far a rebuilding is, and when a mail was given up: it can be told again.

Only adds: the previous code knows none of it.
"""

from alembic import op

from chassis.migrations import add_rebuilding

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    add_rebuilding(op)
    op.execute("ALTER TABLE message ADD COLUMN failed_at timestamptz")
