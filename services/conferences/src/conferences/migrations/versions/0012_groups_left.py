"""Groups whose owner coordinates nothing any more go after a while (S30). Only adds: the previous code keeps them all.

Since when for those of before nobody wrote down: counting begins with the first look.
"""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.execute("ALTER TABLE user_group ADD COLUMN out_of_reach_since timestamptz")
    op.execute(
        "CREATE INDEX user_group_out_of_reach ON user_group (out_of_reach_since) WHERE out_of_reach_since IS NOT NULL"
    )
    op.execute(
        "INSERT INTO timer (name, subject, due_at, payload, attempts, correlation_id)"
        " VALUES ('groups.forget', 'everybody', now(), '{}', 0, 'migration-0012')"
    )
