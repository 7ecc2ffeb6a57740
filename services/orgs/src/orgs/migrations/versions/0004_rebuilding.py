"""What is told to one service alone, and how far a rebuilding is. Only adds: the previous code knows neither."""

from alembic import op

from chassis.migrations import add_rebuilding

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    add_rebuilding(op)
