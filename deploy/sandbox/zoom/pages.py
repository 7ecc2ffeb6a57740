"""The links Zoom gives out, opened in a browser: these pages play the Zoom client, without a script."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from sandbox.clock import wall
from sandbox.world import current
from sandbox.zoom import room
from sandbox.zoom.bodies import Person
from sandbox.zoom.errors import ZoomError
from sandbox.zoom.model import Meeting, Registrant, Stay
from sandbox.zoom.registrants import register
from sandbox.zoom.state import Zoom

routes = Blueprint("zoom_pages", __name__)


@dataclass(frozen=True)
class Client:
    """Who looks at the page, and the link they came by."""

    meeting: Meeting
    name: str
    here: str
    registrant: Registrant | None = None


@routes.get("/w/<int:meeting_id>")
def personal(meeting_id: int) -> Response:
    zoom = current().zoom
    with zoom.lock:
        client = _holder(zoom, meeting_id)
        return _closed("Ο προσωπικός σύνδεσμος δεν ισχύει.", 404) if client is None else _page(client)


@routes.post("/w/<int:meeting_id>")
def personal_act(meeting_id: int) -> Response:
    zoom = current().zoom
    with zoom.lock:
        client = _holder(zoom, meeting_id)
        if client is None or client.registrant is None:
            return _closed("Ο προσωπικός σύνδεσμος δεν ισχύει.", 404)
        registrant = client.registrant
        try:
            if request.form.get("action") == "leave":
                _leave(zoom, client.meeting, registrant.id)
            else:
                room.enter(zoom, client.meeting, room.Visitor(registrant.name, registrant.email, registrant), _now())
        except room.DoorClosedError as refusal:
            return _page(client, refusal)
        return _see(client.here)


@routes.get("/s/<int:meeting_id>")
def host(meeting_id: int) -> Response:
    zoom = current().zoom
    with zoom.lock:
        client = _host(zoom, meeting_id)
        return _closed("Ο σύνδεσμος έναρξης δεν ισχύει ή έληξε.", 404) if client is None else _host_page(client)


@routes.post("/s/<int:meeting_id>")
def host_act(meeting_id: int) -> Response:
    zoom = current().zoom
    with zoom.lock:
        client = _host(zoom, meeting_id)
        if client is None:
            return _closed("Ο σύνδεσμος έναρξης δεν ισχύει ή έληξε.", 404)
        try:
            _do_as_host(zoom, client.meeting, request.form.get("action", ""), request.form.get("stay", ""))
        except room.DoorClosedError as refusal:
            return _host_page(client, refusal)
        return _see(client.here)


@routes.get("/j/<int:meeting_id>")
def plain(meeting_id: int) -> Response:
    """The link everybody may have; with registration it leads to the form."""
    zoom = current().zoom
    with zoom.lock:
        try:
            meeting = zoom.meeting(meeting_id)
        except ZoomError:
            return _closed("Η συνεδρίαση δεν υπάρχει.", 404)
        if meeting.has_registration:
            return _see(zoom.registration_url(meeting))
        return make_response(render_template("zoom/plain.html", meeting=meeting))


@routes.post("/j/<int:meeting_id>")
def plain_join(meeting_id: int) -> Response:
    zoom, name = current().zoom, request.form.get("name", "").strip()
    with zoom.lock:
        try:
            meeting = zoom.meeting(meeting_id)
            if meeting.password and request.args.get("pwd") != zoom.embedded_passcode(meeting):
                return _closed("Λείπει ο κωδικός της συνεδρίασης.", 403)
            stay = room.enter(zoom, meeting, room.Visitor(name or "Επισκέπτης"), _now())
        except ZoomError:
            return _closed("Η συνεδρίαση δεν υπάρχει.", 404)
        except room.DoorClosedError as refusal:
            return _closed(str(refusal), 403)
    return make_response(render_template("zoom/plain.html", meeting=meeting, stay=stay))


@routes.get("/meeting/register/<key>")
def form(key: str) -> Response:
    meeting = _registering(key)
    if meeting is None:
        return _closed("Η εγγραφή δεν υπάρχει.", 404)
    return make_response(render_template("zoom/register.html", meeting=meeting))


@routes.post("/meeting/register/<key>")
def fill_in(key: str) -> Response:
    """Anybody who finds the form may register; whether that lets them in is the meeting's `approval_type`."""
    zoom, sent = current().zoom, request.form
    meeting = _registering(key)
    if meeting is None:
        return _closed("Η εγγραφή δεν υπάρχει.", 404)
    try:
        person = Person(
            email=sent.get("email", ""), first_name=sent.get("first_name", ""), last_name=sent.get("last_name", "")
        )
        with zoom.lock:
            registrant = register(zoom, meeting, person, approve=False)
    except (ValueError, ZoomError):
        page = render_template("zoom/register.html", meeting=meeting, problem="Συμπληρώστε όνομα και σωστή διεύθυνση.")
        return make_response(page, 422)
    if registrant.status != "approved":
        return make_response(render_template("zoom/register.html", meeting=meeting, registrant=registrant))
    return _see(zoom.personal_url(meeting, registrant.ticket))


def _holder(zoom: Zoom, meeting_id: int) -> Client | None:
    ticket = request.args.get("tk", "")
    try:
        meeting = zoom.meeting(meeting_id)
    except ZoomError:
        return None
    for registrant in meeting.registrants.values():
        if ticket and registrant.ticket == ticket and registrant.status == "approved":
            here = url_for("zoom_pages.personal", meeting_id=meeting_id, tk=ticket)
            return Client(meeting, registrant.name, here, registrant)
    return None


def _host(zoom: Zoom, meeting_id: int) -> Client | None:
    zak = request.args.get("zak", "")
    try:
        meeting = zoom.meeting(meeting_id)
    except ZoomError:
        return None
    if zoom.host_of_start_link(zak) != meeting.host.id:
        return None
    return Client(meeting, meeting.host.email, url_for("zoom_pages.host", meeting_id=meeting_id, zak=zak))


def _registering(key: str) -> Meeting | None:
    zoom = current().zoom
    with zoom.lock:
        return next((one for one in zoom.existing() if one.registration_key == key and one.has_registration), None)


def _leave(zoom: Zoom, meeting: Meeting, registrant_id: str) -> None:
    """The stay named by the button; a page gone stale leaves nothing."""
    for stay in room.stays_of(meeting, registrant_id):
        if stay.user_id == request.form.get("stay"):
            room.leave(zoom, meeting, stay, _now())
            return


def _do_as_host(zoom: Zoom, meeting: Meeting, action: str, user_id: str) -> None:
    if action == "end":
        room.end(zoom, meeting, _now())
        return
    if action == "start":
        if not _host_stays(meeting):
            room.start(zoom, meeting, _now())
        return
    acts: dict[str, Callable[[Zoom, Meeting, Stay, datetime], object]] = {
        "leave": room.leave,
        "admit": room.admit,
        "remove": room.remove,
    }
    everybody: list[Stay] = meeting.running.stays if meeting.running else []
    for stay in everybody:
        if stay.user_id == user_id and stay.left_at is None and action in acts:
            acts[action](zoom, meeting, stay, _now())
            return


def _host_stays(meeting: Meeting) -> list[Stay]:
    return [stay for stay in meeting.running.present() if stay.is_host] if meeting.running else []


def _page(client: Client, refusal: room.DoorClosedError | None = None) -> Response:
    assert client.registrant is not None  # noqa: S101 - only holders of a personal link come here
    stays = room.stays_of(client.meeting, client.registrant.id)
    page = render_template("zoom/meeting.html", client=client, meeting=client.meeting, stays=stays, refusal=refusal)
    return _private(make_response(page, 403 if refusal else 200))


def _host_page(client: Client, refusal: room.DoorClosedError | None = None) -> Response:
    page = render_template(
        "zoom/host.html", client=client, meeting=client.meeting, mine=_host_stays(client.meeting), refusal=refusal
    )
    return _private(make_response(page, 403 if refusal else 200))


def _private(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _closed(reason: str, status: int) -> Response:
    page = render_template("problem.html", title="Δεν μπαίνετε στη συνεδρίαση", reason=reason)
    return _private(make_response(page, status))


def _see(address: str) -> Response:
    return make_response(redirect(address, 303))


def _now() -> datetime:
    return wall().replace(microsecond=0)
