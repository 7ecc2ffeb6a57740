"""`audit verify [--head <position> <digest>]`: is the trail as it was written, up to its end?"""

import sys

from chassis import audit, db
from chassis.settings import ServiceSettings

USAGE = "usage: audit verify [--head <position> <digest>]"


def main(settings: ServiceSettings, arguments: list[str]) -> None:
    """Status 1 when it is broken or cut. Keep what it prints as `head`: the next run is told of it."""
    match arguments:
        case ["verify"]:
            kept = None
        case ["verify", "--head", position, digest] if position.isdigit():
            kept = (int(position), digest.lower())
        case _:
            sys.exit(USAGE)
    engine = db.connect(settings, command="audit")
    try:
        with db.transaction() as session:
            verdict = audit.verify(session)
            is_cut = kept is not None and audit.digest_at(session, kept[0]) != kept[1]
    finally:
        engine.dispose()
    broken = "none" if verdict.broken_at is None else verdict.broken_at
    sys.stdout.write(f"rows {verdict.rows}\nbroken_at {broken}\nhead {verdict.rows} {verdict.head}\n")
    if is_cut:
        sys.stdout.write("the head kept elsewhere is not in the trail: its end was cut off or written anew\n")
    if is_cut or verdict.broken_at is not None:
        sys.exit(1)
