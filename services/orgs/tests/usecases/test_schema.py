"""The migrations and the models say the same; what a migration fills in is as if it had been written so."""

from importlib import import_module
from uuid import uuid4

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from orgs.models import Person

from ..factories import make_person

OURS = set(Person.metadata.tables)


def test_the_models_describe_what_the_migrations_made(database: Engine) -> None:
    def is_ours(_object: object, name: str | None, kind: str, *_: object) -> bool:
        return kind != "table" or name in OURS

    with database.connect() as connection:
        options = {"compare_type": False, "include_object": is_ours}  # text and varchar are one to us
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), Person.metadata)

    assert differences == []


def test_people_known_before_the_search_column_are_found_afterwards(session: Session) -> None:
    people = [make_person(session, uuid4(), surname="Αγγελής", name="Ιωάννης") for _ in range(3)]
    expected = [person.search for person in people]
    session.execute(update(Person).values(search=""))

    import_module("orgs.migrations.versions.0005_running_institutions").fill(session.connection())

    session.expire_all()
    assert [person.search for person in people] == expected == ["αγγελησ ιωαννησ αγγελησ"] * 3
