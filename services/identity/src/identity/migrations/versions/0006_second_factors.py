"""Second factors: authenticators, recovery codes, wrong codes of late; sessions and sign-ins that know of them.

Only adds, with defaults: the previous code signs people in by one factor until it is gone.
"""

from alembic import op

revision = "0006"
down_revision = "0005"

TABLES = """
CREATE TABLE second_factor (
    person_id uuid CONSTRAINT second_factor_pkey PRIMARY KEY
        CONSTRAINT second_factor_person_id_fkey REFERENCES person ON DELETE CASCADE,
    secret text,
    activated_at timestamptz,
    last_step bigint NOT NULL,
    told_steps bigint[] NOT NULL,
    enrolling_secret text,
    enrolling_by bytea,
    enrolling_at timestamptz,
    CONSTRAINT second_factor_active_with_secret_check CHECK ((secret IS NULL) = (activated_at IS NULL)),
    CONSTRAINT second_factor_enrolling_by_somebody_check
        CHECK (num_nulls(enrolling_secret, enrolling_by, enrolling_at) IN (0, 3))
);

CREATE TABLE recovery_code (
    person_id uuid NOT NULL CONSTRAINT recovery_code_person_id_fkey REFERENCES second_factor ON DELETE CASCADE,
    digest bytea NOT NULL,
    used_at timestamptz,
    CONSTRAINT recovery_code_pkey PRIMARY KEY (person_id, digest)
);

CREATE TABLE wrong_codes (
    person_id uuid NOT NULL CONSTRAINT wrong_codes_person_id_fkey REFERENCES second_factor ON DELETE CASCADE,
    kind varchar(40) NOT NULL CONSTRAINT wrong_codes_kind_check CHECK (kind IN ('totp', 'recovery')),
    at timestamptz[] NOT NULL,
    blocked_until timestamptz,
    CONSTRAINT wrong_codes_pkey PRIMARY KEY (person_id, kind)
);

ALTER TABLE browser_session ADD COLUMN mfa boolean NOT NULL DEFAULT false;

ALTER TABLE pending_sign_in
    ADD COLUMN awaits varchar(40) NOT NULL DEFAULT 'confirmation'
        CONSTRAINT pending_sign_in_awaits_check CHECK (awaits IN ('confirmation', 'two_factor', 'two_factor_setup')),
    ADD COLUMN update_name boolean NOT NULL DEFAULT false,
    ADD COLUMN wrong_codes integer NOT NULL DEFAULT 0
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n\n"):
        op.execute(statement)
