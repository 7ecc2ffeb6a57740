"""The mailbox for scripts (JSON) and for people (pages)."""

from datetime import UTC, datetime

from flask import Blueprint, Response, abort, jsonify, make_response, render_template, request

from sandbox.mailbox.letters import Letter
from sandbox.world import current

routes = Blueprint("mailbox", __name__, url_prefix="/mail")


@routes.get("/messages")
def messages() -> Response:
    return jsonify(items=[letter.public() for letter in _asked_for()])


@routes.delete("/messages")
def forget() -> Response:
    current().mailbox.forget()
    return Response(status=204)


@routes.get("")
def inbox() -> Response:
    letters = current().mailbox.letters(to=request.args.get("to") or None)
    return make_response(render_template("mail/inbox.html", letters=letters[::-1], to=request.args.get("to", "")))


@routes.get("/<int:letter_id>")
def message(letter_id: int) -> Response:
    return make_response(render_template("mail/message.html", letter=_letter(letter_id)))


@routes.get("/<int:letter_id>/html")
def as_sent(letter_id: int) -> Response:
    """The HTML part alone, as a mail client would show it: no script runs, nothing is loaded."""
    answer = Response(_letter(letter_id).html or "", content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = (
        "sandbox allow-popups allow-top-navigation; default-src 'none'; style-src 'unsafe-inline'"
    )
    return answer


@routes.get("/<int:letter_id>/raw")
def raw(letter_id: int) -> Response:
    return Response(_letter(letter_id).raw, content_type="text/plain; charset=utf-8")


def _letter(letter_id: int) -> Letter:
    return current().mailbox.get(letter_id) or abort(404)


def _asked_for() -> list[Letter]:
    after = request.args.get("after", "")
    mailbox, to = current().mailbox, request.args.get("to") or None
    if after.isdecimal() or not after:
        return mailbox.letters(to, after_id=int(after or 0))
    try:
        moment = datetime.fromisoformat(after.replace(" ", "+"))  # a plus sign not encoded arrives as a blank
    except ValueError:
        abort(400, "after: the id of a message, or a time")
    return mailbox.letters(to, after=moment if moment.tzinfo else moment.replace(tzinfo=UTC))
