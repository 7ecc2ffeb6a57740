"""Greek names by the hundred thousand: one SQL query of them, to fill tables from."""

from itertools import product
from typing import Any

from chassis.text import folded

STEMS = ("ΑΓΓΕΛ", "ΓΕΩΡΓ", "ΔΗΜΗΤΡ", "ΚΩΝΣΤΑΝΤΙΝ", "ΜΙΧΑΗΛ", "ΝΙΚΟΛ", "ΠΑΠΑΔ", "ΧΡΙΣΤ", "ΨΑΡΡ")
ENDINGS = ("ΑΚΗ", "ΑΚΟΥ", "ΙΔΟΥ", "ΟΠΟΥΛΟΥ", "ΟΥ", "ΑΤΟΥ", "ΕΑ", "ΑΚΟΠΟΥΛΟΥ")
NAMES = ("ΑΓΛΑΪΑ", "ΓΙΩΡΓΟΣ", "ΕΛΕΝΗ", "ΜΑΡΙΑ", "ΝΙΚΟΣ", "ΟΛΓΑ", "ΣΟΦΙΑ")
FIRST = (("ΨΑΡΡΟΥ", "ΟΛΓΑ"), ("ΨΑΡΡΟΥ", "ΣΟΦΙΑ"), ("ΠΑΠΑΔΟΠΟΥΛΟΥ", "ΜΑΡΙΑ"))  # also among ten
CALLED = (*FIRST, *((f"{stem}{ending}", name) for name, ending, stem in product(NAMES, ENDINGS, STEMS)))

MANY_NAMED = """
    SELECT gen_random_uuid() AS id, :known + n AS number, surname, name, search
    FROM generate_series(1, :many) AS n
    JOIN unnest(CAST(:surnames AS text[]), CAST(:names AS text[]), CAST(:searches AS text[]))
        WITH ORDINALITY AS called (surname, name, search, place) ON place = 1 + (n - 1) % :called
"""


def many_named(many: int, *, known: int = 0) -> dict[str, Any]:
    """What `MANY_NAMED` is to be executed with; numbers go on after those known already."""
    return {
        "many": many,
        "known": known,
        "called": len(CALLED),
        "surnames": [surname for surname, _ in CALLED],
        "names": [name for _, name in CALLED],
        "searches": [folded(f"{surname} {name} {surname}") for surname, name in CALLED],
    }
