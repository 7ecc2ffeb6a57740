"""«Άλλα στοιχεία επικοινωνίας» (S5). Only adds: the previous code does not look at it."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("ALTER TABLE person ADD COLUMN other_contact text")
