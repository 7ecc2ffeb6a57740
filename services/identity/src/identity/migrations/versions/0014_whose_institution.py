"""At which institution a conference is, said by what is told of it next. Only adds: the previous code knows none."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.execute("ALTER TABLE owned_conference ADD COLUMN institution_id uuid")
