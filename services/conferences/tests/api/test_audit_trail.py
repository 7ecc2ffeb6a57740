"""Who reads this service's audit trail, and what it says (R6)."""

import pytest

from chassis import audit
from chassis.audit import Act
from chassis.ids import new_id

from ..factories import make_person

TRAIL = "/api/v1/admin/audit/conferences"


@pytest.fixture
def make(session):
    def person(*, administrator):
        return make_person(session, administrator=administrator)

    return person


@pytest.mark.parametrize("path", [TRAIL, f"{TRAIL}/verification"])
@pytest.mark.parametrize(
    ("administrator", "mfa", "reason"),
    [
        (True, True, None),
        (True, False, "second-factor-needed"),
        (False, True, "not-an-administrator"),
        (False, False, "not-an-administrator"),
    ],
)
def test_only_administrators_with_a_second_factor_read_it(
    session, client, as_person, make, path, administrator, mfa, reason
):
    person_id = make(administrator=administrator)

    answer = client.get(path, headers=as_person(person_id, mfa=mfa))

    assert answer.status_code == (403 if reason else 200), answer.text
    assert answer.json().get("reason") == reason


def test_what_was_done_is_shown_and_holds(session, client, as_person, make):
    headers = as_person(make(administrator=True), mfa=True)
    done_to = new_id()
    audit.record(session, Act("thing.done", new_id(), done_to, {"to": "somebody"}))
    audit.write(session)

    asked = {"object_id": str(done_to), "act": "thing"}
    (entry,) = client.get(TRAIL, params=asked, headers=headers).json()["items"]
    verified = client.get(f"{TRAIL}/verification", headers=headers).json()

    assert (entry["act"], entry["object_id"], entry["details"]) == ("thing.done", str(done_to), {"to": "somebody"})
    assert (verified["complete"], verified["broken_at"], verified["verified"]) == (True, None, verified["rows"])


def test_a_filter_that_makes_no_sense_is_refused(client, as_person, make):
    headers = as_person(make(administrator=True), mfa=True)

    for asked in ({"act": "a b"}, {"actor_id": "x"}, {"since": "yesterday"}, {"cursor": "x"}, {"unknown": "1"}):
        assert client.get(TRAIL, params=asked, headers=headers).status_code == 400, asked
