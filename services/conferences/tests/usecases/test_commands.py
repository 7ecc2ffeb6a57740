"""`python -m conferences seed` and `hosts`."""

import pytest
from sqlalchemy import select

from chassis import db
from conferences.commands import hosts, seed
from conferences.models import Host

from ..provider import HOSTS, SEED


@pytest.fixture
def seeded(database, settings, provision):
    for _ in range(2):
        seed(settings, [str(SEED / "hosts.json")])
    yield settings
    provision.activate()


def test_the_pool_is_loaded_once(seeded, provision):
    provision.activate()
    with db.transaction() as session:
        pool = session.scalars(select(Host.zoom_user_id)).all()

    assert sorted(pool) == sorted(entry["zoom_user_id"] for entry in HOSTS)


def test_a_host_is_retired_and_restored(seeded, provision, capsys):
    email = HOSTS[0]["email"]

    hosts(seeded, ["retire", email])
    hosts(seeded, ["list"])
    assert f"{email}\t{HOSTS[0]['capacity']}\tretired" in capsys.readouterr().out
    hosts(seeded, ["restore", email])
    with pytest.raises(SystemExit):
        hosts(seeded, ["retire", "nobody@zoom.example"])
