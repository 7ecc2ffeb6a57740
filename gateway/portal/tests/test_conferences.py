"""The page «Τηλεδιασκέψεις» and the first page (S23, S39)."""

import pytest
from examples import conference, page, session
from pages import Visitor
from played_gateway import Answer, Asked, PlayedGateway


def lists(**scopes: object) -> object:
    """Answers each scope with its own page."""

    def answer(asked: Asked) -> Answer:
        return Answer(scopes.get(asked.query["scope"], page()))

    return answer


@pytest.fixture
def listed(gateway: PlayedGateway) -> None:
    running = conference(title="Τώρα", state="open", may=["join", "live", "end", "host_start"])
    coming = conference(title="Αύριο")
    day = page(conference(title="Λίστα", starts_at="2026-04-28T06:00:00+00:00", ends_at="2026-04-28T06:15:00+00:00"))
    gateway.replies["GET", "/api/v1/conferences"] = lists(current=page(running), future=page(coming), day=day)


def test_a_coordinator_sees_what_runs_what_comes_and_the_table_of_the_day(
    coordinator: Visitor, gateway: PlayedGateway, listed: None
) -> None:
    shown = coordinator.get("/conferences?date=2026-04-28")

    assert "Τρέχουσες Τηλεδιασκέψεις" in shown.text
    assert "Μελλοντικές Τηλεδιασκέψεις" in shown.text
    row = shown.root.one("tbody").one("tr")
    assert [cell.text for cell in row.all("td")][:5] == ["28-04-2026", "09:00", "09:15", "ΠΑΠΑΔΟΠΟΥΛΟΥ ΜΑΡΙΑ", "12"]
    assert "Τρίτη 28 Απριλίου 2026" in shown.text
    asked = [each.query for each in gateway.calls("GET", "/api/v1/conferences") if each.query["scope"] == "day"]
    assert asked[0]["date"] == "2026-04-28"
    assert asked[0]["as"] == "manager"


def test_the_guides_notices_stand_above(coordinator: Visitor, listed: None) -> None:
    shown = coordinator.get("/conferences")

    assert "είναι προτιμότερο να έχετε εγκαταστήσει το Zoom Client for Meetings" in shown.text
    assert "Αν αντιμετωπίζετε πρόβλημα στη σύνδεση, Πατήστε ΕΔΩ!" in shown.text
    assert "Ο πίνακας εμφανίζει αρχικά μόνο τις σημερινές τηλεδιασκέψεις." in shown.text


def test_a_row_offers_what_may_be_done_and_nothing_else(
    coordinator: Visitor, gateway: PlayedGateway, listed: None
) -> None:
    over = conference(state="ended", may=["report"])
    gateway.replies["GET", "/api/v1/conferences"] = lists(day=page(over))

    actions = coordinator.get("/conferences").root.one("tbody").all("a")

    assert [each.attributes["href"].rsplit("/", 1)[1] for each in actions] == [over["id"], "report"]


def test_a_plain_user_sees_no_table_and_no_new_conference(
    coordinator: Visitor, gateway: PlayedGateway, listed: None
) -> None:
    gateway.on("GET", "/api/v1/session", session("user"))

    shown = coordinator.get("/conferences")

    assert not shown.root.all("table")
    assert "Νέα τηλεδιάσκεψη" not in shown.text


def test_a_date_that_is_none_is_told(coordinator: Visitor, listed: None) -> None:
    shown = coordinator.get("/conferences?date=31-02-2026")

    assert shown.root.one("input", name="date").attributes["aria-invalid"] == "true"


def test_the_next_page_is_a_link(coordinator: Visitor, gateway: PlayedGateway) -> None:
    gateway.replies["GET", "/api/v1/conferences"] = lists(future=page(conference(), next="cursor-2"))

    following = coordinator.get("/conferences").main.link("Επόμενες")
    coordinator.get(following)

    cursors = [each.query.get("cursor") for each in gateway.calls("GET", "/api/v1/conferences")]
    assert "cursor-2" in cursors


def test_joining_from_the_list_leads_on_by_a_page_of_ours(
    coordinator: Visitor, gateway: PlayedGateway, listed: None
) -> None:
    join = f"/api/v1/conferences/{conference()['id']}/join"
    gateway.on("POST", join, {"join_url": "https://zoom.example/w/1?tk=x&pwd=y"})
    shown = coordinator.get("/conferences")

    away = coordinator.send(shown, "Σύνδεση")

    assert away.main.link("Άνοιγμα τηλεδιάσκεψης") == "https://zoom.example/w/1?tk=x&pwd=y"


def test_a_room_that_is_not_ready_offers_another_try(
    coordinator: Visitor, gateway: PlayedGateway, listed: None
) -> None:
    join = f"/api/v1/conferences/{conference()['id']}/join"
    gateway.refuse("POST", join, "room-preparing", headers={"Retry-After": "3"})
    shown = coordinator.get("/conferences")

    waiting = coordinator.send(shown, "Σύνδεση")

    assert waiting.status == 503
    assert waiting.response.headers["Retry-After"] == "3"
    assert waiting.form("Δοκιμάστε ξανά").attributes["action"].endswith("/join")


def test_a_meeting_address_that_is_no_web_address_is_refused(
    coordinator: Visitor, gateway: PlayedGateway, listed: None
) -> None:
    gateway.on("POST", f"/api/v1/conferences/{conference()['id']}/join", {"join_url": "javascript:alert(1)"})
    shown = coordinator.get("/conferences")

    assert coordinator.send(shown, "Σύνδεση").status == 502


def test_the_first_page_says_what_this_is_and_how_to_enter(visitor: Visitor) -> None:
    shown = visitor.get("/")

    assert shown.main.link("Είσοδος") == "/auth/login"
    assert not shown.root.all("nav", **{"aria-label": "Κύριο μενού"})[0].all("a", href="/conferences")


def test_signed_in_the_first_page_says_what_comes_next(
    coordinator: Visitor, gateway: PlayedGateway, listed: None
) -> None:
    shown = coordinator.get("/")

    assert shown.heading == "Καλώς ήρθατε, ΜΑΡΙΑ ΠΑΠΑΔΟΠΟΥΛΟΥ"
    assert "Τώρα" in shown.text
    assert "Αύριο" in shown.text
    assert shown.root.one("summary", **{"class": "btn header-button"}).text.endswith("Μ.Π.")


def test_a_flagged_coordinator_reads_on_the_first_page_until_when_to_settle_it(
    coordinator: Visitor, gateway: PlayedGateway, listed: None
) -> None:
    assert "Μένετε Συντονιστής έως" not in coordinator.get("/").text
    flagged = session() | {"employment_settle_by": "2026-12-25T01:30:00+00:00"}
    gateway.on("GET", "/api/v1/session", flagged)

    shown = coordinator.get("/")

    assert "Μένετε Συντονιστής έως Παρασκευή 25 Δεκεμβρίου 2026, 03:30." in shown.text


def test_the_first_page_survives_services_that_are_down(coordinator: Visitor, gateway: PlayedGateway) -> None:
    gateway.replies["GET", "/api/v1/conferences"] = Answer({"type": "/problems/service-unavailable"}, 503)

    shown = coordinator.get("/")

    assert shown.status == 200
    assert "δεν είναι διαθέσιμες αυτή τη στιγμή" in shown.text
    assert len(gateway.calls("GET", "/api/v1/conferences")) == 1, "nobody waits twice for whoever does not answer"


def test_without_a_session_the_page_asks_to_sign_in_and_comes_back(visitor: Visitor, gateway: PlayedGateway) -> None:
    visitor.sign_in("expired")
    gateway.refuse_session("GET", "/api/v1/session")

    shown = visitor.get("/conferences?date=2026-04-28")

    assert shown.status == 401
    assert shown.main.link("Είσοδος") == "/auth/login?next=%2Fconferences%3Fdate%3D2026-04-28"


def test_the_session_is_shown_to_the_gateway_alone(coordinator: Visitor, gateway: PlayedGateway, listed: None) -> None:
    coordinator.client.set_cookie("something", "else")

    coordinator.get("/conferences", headers={"X-Client-Address": "192.0.2.7", "X-Correlation-ID": "correlation-0001"})

    headers = gateway.calls("GET", "/api/v1/conferences")[0].headers
    assert headers["authorization"] == "Session session-1"
    assert headers["x-client-address"] == "192.0.2.7"
    assert headers["x-correlation-id"] == "correlation-0001"
    assert headers["accept-language"] == "el"
    assert "cookie" not in headers
