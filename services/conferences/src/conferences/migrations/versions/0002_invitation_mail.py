"""What became of the invitation mail to each participant.

Only adds: the previous code neither reads nor writes what is new. Participants it invited have no `invited_sequence`;
of their mails nothing is known, which is what they are shown as.
"""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("ALTER TABLE participation ADD COLUMN invited_sequence integer")
    op.execute(
        "CREATE TABLE invitation_mail ("
        " participation_id uuid CONSTRAINT invitation_mail_pkey PRIMARY KEY,"
        " sequence bigint NOT NULL,"
        " state text NOT NULL CONSTRAINT invitation_mail_state_check CHECK (state IN ('sent', 'failed')),"
        " at timestamptz NOT NULL)"
    )
