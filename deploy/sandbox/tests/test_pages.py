"""The pages people open, walked without a script."""

import pytest

from .pages import Page

HTML = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
AUTHORIZE = (
    "/taxisnet/oauth2server/oauth/authorize?response_type=code&client_id=suite"
    "&redirect_uri=http://127.0.0.1:8080/auth/callback&state=s"
)


def local(address):
    """The browser's address of the sandbox in tests is not the one it is told."""
    return address.removeprefix("http://127.0.0.1:8090")


def submit(client, page, **wanted):
    action, held = page.form(**wanted)
    return follow(client, client.post(action, data=held))


def follow(client, response):
    if response.status_code == 303:
        response = client.get(local(response.headers["Location"]))
    return Page(response)


@pytest.mark.parametrize("path", ["/", "/personas", "/mail", AUTHORIZE, "/taxisnet/oauth2server/logout/suite/"])
def test_page_is_sound(sandbox, path):
    assert Page(sandbox.get(path, headers=HTML)).status == 200


def test_personas_are_a_page_for_people_and_json_for_programs(sandbox):
    assert sandbox.get("/personas").json()["items"]
    assert sandbox.get("/personas", headers={"Accept": "application/json"}).json()["items"]
    assert sandbox.get("/personas", headers=HTML).text.startswith("<!doctype html>")


@pytest.mark.parametrize("path", ["/w/1?tk=x", "/s/1?zak=x", "/j/1", "/meeting/register/x"])
def test_dead_links_lead_to_a_page_that_says_so(sandbox, path):
    assert Page(sandbox.get(path, headers=HTML)).status == 404


def test_personal_link_lets_in_and_out(zoom):
    meeting = zoom.meeting()
    registrant = zoom.registrant(meeting, first_name="Μαρία <b>", last_name="Παπαδοπούλου")

    page = Page(zoom.get(local(registrant["join_url"])))
    assert '<strong id="participant-name">Μαρία &lt;b&gt; Παπαδοπούλου</strong>' in page.text
    assert "Δεν είστε μέσα" in page.text

    page = submit(zoom, page, action="join")
    assert "Είστε μέσα στη συνεδρίαση" in page.text

    page = submit(zoom, page, action="leave")
    assert "Δεν είστε μέσα" in page.text


def test_second_device_is_refused_in_words(zoom):
    meeting = zoom.meeting()
    page = Page(zoom.get(local(zoom.registrant(meeting)["join_url"])))
    submit(zoom, page, action="join")

    refused = submit(zoom, page, action="join")

    assert refused.status == 403
    assert "χρησιμοποιείται ήδη" in refused.text


def test_link_of_somebody_denied_is_dead(zoom):
    meeting = zoom.meeting()
    registrant = zoom.registrant(meeting)
    people = [{"id": registrant["registrant_id"]}]
    zoom.api("PUT", f"/meetings/{meeting['id']}/registrants/status", {"action": "deny", "registrants": people})

    assert Page(zoom.get(local(registrant["join_url"]))).status == 404


def test_host_starts_admits_and_ends(zoom):
    meeting = zoom.meeting(settings={"waiting_room": True})
    registrant = zoom.registrant(meeting)
    start_url = zoom.api("GET", f"/meetings/{meeting['id']}").json()["start_url"]

    host = submit(zoom, Page(zoom.get(local(start_url))), action="start")
    guest = submit(zoom, Page(zoom.get(local(registrant["join_url"]))), action="join")
    assert "Περιμένετε να σας δεχτεί" in guest.text

    host = submit(zoom, Page(zoom.get(local(start_url))), action="admit")
    assert "Απομάκρυνση: Μαρία" in host.text
    submit(zoom, host, action="end")
    assert zoom.api("GET", f"/meetings/{meeting['id']}").json()["status"] == "waiting"


def test_start_link_lives_two_hours(zoom):
    meeting = zoom.meeting()
    zoom.put("/clock", json={"offset_seconds": 7201})

    assert Page(zoom.get(local(meeting["start_url"]))).status == 404


def test_start_link_of_one_host_opens_no_other_hosts_meeting(zoom):
    meeting, other = zoom.meeting(), zoom.meeting(host="host02@zoom.example")
    zak = meeting["start_url"].partition("?")[2]

    assert Page(zoom.get(f"/s/{other['id']}?{zak}")).status == 404


def test_plain_link_leads_to_registration_which_waits_for_approval(zoom):
    meeting = zoom.meeting()
    answer = zoom.get(local(meeting["join_url"]))
    assert answer.headers["Location"] == meeting["registration_url"]

    form = Page(zoom.get(local(meeting["registration_url"])))
    assert "first_name" in form.ids
    sent = {"first_name": "Ξένος", "email": "stranger@x.example"}
    waiting = follow(zoom, zoom.post(local(meeting["registration_url"]), data=sent))
    assert "περιμένει την έγκριση" in waiting.text
    assert Page(zoom.post(local(meeting["registration_url"]), data={"email": "no"})).status == 422


def test_plain_link_without_registration_asks_for_a_name(zoom):
    meeting = zoom.meeting(settings={"approval_type": 2})
    link = local(meeting["join_url"])

    assert "name" in Page(zoom.get(link)).ids
    assert "Είστε μέσα στη συνεδρίαση ως Άννα" in Page(zoom.post(link, data={"name": "Άννα"})).text
    assert Page(zoom.post(link.partition("?")[0], data={"name": "Άννα"})).status == 403
