"""What a person's browser sees of TaxisNet: signing in, consent, signing out."""

from urllib.parse import urlencode, urlsplit

from flask import Response, make_response, redirect, render_template, request

from sandbox.failing import Answer
from sandbox.people import Persona
from sandbox.world import current

COOKIE = "JSESSIONID"
SCOPES = {"", "read"}


def authorize(context: str) -> Response:
    """Never redirect to an address that is not registered: an unknown client or address gets a page."""
    settings, args = current().settings, request.args
    redirect_uri = args.get("redirect_uri", "")
    if args.get("client_id") != settings.taxisnet_client_id:
        return _refuse("Άγνωστη εφαρμογή (client_id).", 401)
    if redirect_uri not in settings.redirect_uris:
        return _refuse("Η διεύθυνση επιστροφής (redirect_uri) δεν είναι καταχωρισμένη.", 400)

    if args.get("response_type") != "code":
        return _back(redirect_uri, error="unsupported_response_type", error_description="Unsupported response types")
    if args.get("scope", "") not in SCOPES:
        return _back(redirect_uri, error="invalid_scope", error_description=f"Invalid scope: {args['scope']}")
    if args.get("decision") == "deny":
        return _back(redirect_uri, error="access_denied", error_description="User denied access")
    return _sign_in(context, redirect_uri)


def _sign_in(context: str, redirect_uri: str) -> Response:
    world = current()
    chosen = request.args.get("persona")
    if chosen is not None:
        persona = world.people.get(chosen)
        if persona is None:
            return _refuse("Άγνωστο πρόσωπο (persona).", 400)
        world.taxisnet.sign_out(request.cookies.get(COOKIE))
        answer = _back(redirect_uri, code=world.taxisnet.issue_code(persona.id, context, redirect_uri))
        session_id = world.taxisnet.sign_in(persona.id, context)
        answer.set_cookie(COOKIE, session_id, path="/taxisnet", httponly=True, samesite="Lax")
        return answer

    # A living session goes straight back: on a shared PC this signs in whoever forgot to sign out.
    session = world.taxisnet.session(request.cookies.get(COOKIE), context)
    if session is not None:
        return _back(redirect_uri, code=world.taxisnet.issue_code(session.persona_id, context, redirect_uri))
    return make_response(
        render_template("taxisnet/authorize.html", personas=_ordered(world.people.all()), sent=_without_choice())
    )


def _ordered(personas: list[Persona]) -> list[Persona]:
    return sorted(personas, key=lambda persona: persona.role == "user")  # stable: the roles first, as people look


def _without_choice() -> list[tuple[str, str]]:
    return [(key, value) for key, value in request.args.items(multi=True) if key not in ("persona", "decision")]


def _back(redirect_uri: str, **answer: str) -> Response:
    if "state" in request.args:
        answer["state"] = request.args["state"]
    joint = "&" if urlsplit(redirect_uri).query else "?"
    return _redirect(f"{redirect_uri}{joint}{urlencode(answer)}", 302)


def logout(_context: str, client_id: str) -> Response:
    """End the session whatever the address says; go back only to where the application is registered."""
    settings = current().settings
    if client_id != settings.taxisnet_client_id:
        return _refuse("Άγνωστη εφαρμογή (client_id).", 401)
    current().taxisnet.sign_out(request.cookies.get(COOKIE))

    url = request.args.get("url")
    if not url:
        answer = make_response(render_template("taxisnet/signed_out.html"))
    else:
        answer = _redirect(_registered(url, settings.redirect_uris), 307)
    answer.delete_cookie(COOKIE, path="/taxisnet")
    return answer


def _registered(url: str, redirect_uris: list[str]) -> str:
    """The address asked for if it is the application's, without its query; else the registered call-back."""
    asked = urlsplit(url)
    for registered in map(urlsplit, redirect_uris):
        if (asked.scheme, asked.netloc) == (registered.scheme, registered.netloc):
            return f"{asked.scheme}://{asked.netloc}{asked.path}"
    return redirect_uris[0]


def _redirect(location: str, status: int) -> Response:
    answer = make_response(redirect(location, status))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _refuse(reason: str, status: int) -> Response:
    return make_response(render_template("problem.html", title="Σφάλμα TaxisNet", reason=reason), status)


BROKEN: dict[str, Answer] = {
    "error": lambda: _refuse("Προσωρινή αδυναμία της υπηρεσίας.", 500),
    "rate_limited": lambda: _refuse("Πάρα πολλές προσπάθειες.", 429),
}
