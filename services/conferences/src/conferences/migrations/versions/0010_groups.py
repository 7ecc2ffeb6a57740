"""Groups of users (S30). Only adds: the previous code knows neither table."""

from alembic import op

revision = "0010"
down_revision = "0009"

TABLES = """
CREATE TABLE user_group (
    id uuid CONSTRAINT user_group_pkey PRIMARY KEY,
    owner_id uuid NOT NULL,
    name text NOT NULL CONSTRAINT user_group_name_check CHECK (length(name) BETWEEN 1 AND 200),
    description text NOT NULL CONSTRAINT user_group_description_check CHECK (length(description) <= 500),
    created_at timestamptz NOT NULL,
    version integer NOT NULL
);

CREATE INDEX user_group_owner_id_idx ON user_group (owner_id, created_at, id);

CREATE TABLE group_member (
    id uuid CONSTRAINT group_member_pkey PRIMARY KEY,
    group_id uuid NOT NULL CONSTRAINT group_member_group_id_fkey REFERENCES user_group ON DELETE CASCADE,
    person_id uuid NOT NULL,
    email text NOT NULL,
    email_folded text NOT NULL,
    added_at timestamptz NOT NULL,
    CONSTRAINT group_member_person_key UNIQUE (group_id, person_id)
);

CREATE INDEX group_member_person_id_idx ON group_member (person_id)
"""


def upgrade() -> None:
    op.execute(TABLES)
