"""Nobody uses an account: it is warned about twice, and goes everywhere; whoever comes back keeps it (O3).

Months go by in the rows, not on the clock; what looks at them is the worker's own timer, which is only due sooner.
"""

from typing import Any

import psycopg

from runner.running import Running
from tests.journeys.outside import Outside, eventually, link_in
from tests.journeys.test_main_job import activated
from tests.journeys.visitor import Addresses, Visitor, secret_in

PERSONA, NEVER_FINISHES = "user-5", "user-8"
WARNED, GONE = "Για να τον κρατήσετε αρκεί να συνδεθείτε", "επειδή δεν χρησιμοποιήθηκε για μεγάλο διάστημα"
EVERYWHERE = 120  # services look a second time half a minute after the first


def test_whoever_signs_in_after_a_warning_keeps_the_account(running: Running, at: Addresses, outside: Outside) -> None:
    person, address = activated(at, outside, PERSONA)
    person_id = id_of(person)
    before = len(mails(outside, address, WARNED))
    months_go_by(running, 14, person_id, days_short=20)
    unused_accounts_are_looked_through(running)
    eventually(lambda: len(mails(outside, address, WARNED)) == before + 1, what="the warning")

    assert Visitor(at).sign_in(PERSONA) == "done"
    days_go_by(running, 60, person_id)
    unused_accounts_are_looked_through(running)

    assert id_of(person) == person_id
    assert len(mails(outside, address, WARNED)) == before + 1


def test_whoever_does_not_is_warned_twice_and_forgotten_everywhere(
    running: Running, at: Addresses, outside: Outside
) -> None:
    person, address = activated(at, outside, PERSONA)
    person_id = id_of(person)
    before = len(mails(outside, address, WARNED))
    months_go_by(running, 14, person_id, days_short=20)
    for warning, days in ((1, 0), (2, 24)):
        days_go_by(running, days, person_id)
        unused_accounts_are_looked_through(running)
        expected = before + warning
        eventually(lambda: len(mails(outside, address, WARNED)) == expected, what=f"warning {warning}")  # noqa: B023
    assert id_of(person) == person_id, "nothing but mails so far"
    days_go_by(running, 8, person_id)
    unused_accounts_are_looked_through(running)

    farewell = outside.mail_with(address, GONE)
    assert person.call("GET", "/api/v1/session").status_code == 401
    path = "/api/v1/certificates/" + secret_in(link_in(farewell, "/certificate/"))
    eventually(lambda: Visitor(at).get(path)["complete"], within=EVERYWHERE, every=1, what="every service's word")
    assert len(mails(outside, address, WARNED)) == before + 2
    assert Visitor(at).sign_in(PERSONA) == "activation", "as somebody new"


def test_an_account_that_was_never_finished_goes_without_a_word(running: Running, at: Addresses) -> None:
    person = Visitor(at)
    assert person.sign_in(NEVER_FINISHES) == "activation"
    person_id = id_of(person)
    months_go_by(running, 4, person_id, days_short=1)
    unused_accounts_are_looked_through(running)
    assert id_of(person) == person_id

    days_go_by(running, 2, person_id)
    unused_accounts_are_looked_through(running)

    eventually(lambda: person.call("GET", "/api/v1/session").status_code == 401, what="the end of the session")


def id_of(person: Visitor) -> str:
    return str(person.get("/api/v1/session")["person"]["id"])


def mails(outside: Outside, address: str, words: str) -> list[dict[str, Any]]:
    return [mail for mail in outside.mails_to(address) if words in mail["text"]]


def months_go_by(running: Running, months: int, person_id: str, *, days_short: int) -> None:
    ago = "now() - make_interval(months => %s) + make_interval(days => %s)"
    in_identity(running, f"UPDATE person SET last_active_at = {ago} WHERE id = %s", months, days_short, person_id)


def days_go_by(running: Running, days: int, person_id: str) -> None:
    in_identity(
        running,
        "UPDATE person SET last_active_at = last_active_at - make_interval(days => %s),"
        " inactivity_warned_at = inactivity_warned_at - make_interval(days => %s) WHERE id = %s",
        *(days, days, person_id),
    )


def unused_accounts_are_looked_through(running: Running) -> None:
    """The hour until the next look is over; afterwards the worker waits for the one after it."""
    in_identity(running, "UPDATE timer SET due_at = now() WHERE name = 'inactivity.clean_up'")
    later = "SELECT due_at > now() + interval '30 minutes' FROM timer WHERE name = 'inactivity.clean_up'"
    eventually(lambda: in_identity(running, later), what="the look at unused accounts")


def in_identity(running: Running, statement: str, *values: object) -> Any:
    """The first value the statement answers, if it answers."""
    address = running.processes.service("identity", "web").environment["DATABASE_URL"]
    with psycopg.connect(address.replace("+psycopg", "")) as connection:
        answer = connection.execute(statement, values or None)
        return answer.fetchone()[0] if answer.description else None  # type: ignore[index]
