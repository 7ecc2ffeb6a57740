"""`python -m orgs seed institutions.json personas.json`: what the suite starts with; as often as one likes."""

import json
from pathlib import Path

from chassis import db
from chassis.clock import now
from orgs.settings import Settings
from orgs.usecases import seeding


def seed(settings: Settings, arguments: list[str]) -> None:
    bodies, personas = (json.loads(Path(name).read_text("utf-8")) for name in arguments)
    engine = db.connect(settings, command="seed")
    with db.transaction() as session:
        seeding.seed_institutions(session, bodies)
        seeding.seed_memberships(session, personas, now=now())
    engine.dispose()
