"""An institution's people by name are one range of one index, however many others there are.

The name's search form stands beside where somebody belongs. The database keeps it so, whoever writes: a release from
before knows nothing of it. Only adds, but for two indexes that the new ones replace.
"""

from alembic import op

revision = "0010"
down_revision = "0009"

KEPT = """
ALTER TABLE membership ADD COLUMN search text COLLATE "C";
UPDATE membership SET search = person.search FROM person WHERE person.person_id = membership.person_id;

CREATE FUNCTION membership_begins() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    SELECT search INTO NEW.search FROM person WHERE person_id = NEW.person_id;
    RETURN NEW;
END $$;
CREATE TRIGGER membership_begins BEFORE INSERT ON membership FOR EACH ROW EXECUTE FUNCTION membership_begins();

CREATE FUNCTION person_called() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE membership SET search = NEW.search WHERE person_id = NEW.person_id;
    RETURN NULL;
END $$;
CREATE TRIGGER person_known AFTER INSERT ON person FOR EACH ROW EXECUTE FUNCTION person_called();
CREATE TRIGGER person_renamed AFTER UPDATE OF search ON person FOR EACH ROW
    WHEN (OLD.search <> NEW.search) EXECUTE FUNCTION person_called();

CREATE FUNCTION person_unknown() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE membership SET search = NULL WHERE person_id = OLD.person_id;
    RETURN NULL;
END $$;
CREATE TRIGGER person_unknown AFTER DELETE ON person FOR EACH ROW EXECUTE FUNCTION person_unknown();

CREATE INDEX membership_by_name ON membership (institution_id, search, person_id);
CREATE INDEX membership_coordinators_by_name ON membership (institution_id, search, person_id) WHERE role <> 'user';
CREATE INDEX membership_search_idx ON membership USING gin (search gin_trgm_ops);
DROP INDEX membership_people, membership_coordinators;
"""


def upgrade() -> None:
    op.execute(KEPT)
