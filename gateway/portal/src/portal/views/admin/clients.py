"""Programs of other systems. A secret is shown by the answer to the form alone: no address and no cookie has it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request, url_for

from portal import problems
from portal.client import Problem, gateway
from portal.forms.admin import ClientForm, NewClientForm, SecretForm
from portal.views.admin.area import for_administrators

blueprint = Blueprint("admin_clients", __name__, url_prefix="/admin/clients")
CLIENTS = "/api/v1/admin/service-clients"
ROWS, INSTITUTIONS = 50, 200


@blueprint.get("")
@for_administrators
def page() -> Any:
    query = {"limit": ROWS, "cursor": request.args.get("from")}
    return render_template("admin/clients.html", clients=gateway().get(CLIENTS, query).body)


@blueprint.route("/new", methods=["GET", "POST"])
@for_administrators
def create() -> Any:
    search = request.args.get("institution", "").strip()[:100]
    found = gateway().get("/api/v1/institutions", {"search": search, "limit": INSTITUTIONS}).body
    form = NewClientForm()
    form.offer(found["items"])
    if request.method == "POST" and form.validate():
        body = {**form.wanted(), "institution_id": form.institution_id.data}
        try:
            made = gateway().post(CLIENTS, body, idempotency_key=form.request_key.for_body(body)).body
        except Problem as problem:
            problems.onto(form, problem)
        else:
            return _secret(made)
    shown = render_template("admin/new_client.html", form=form, search=search, more=found["next"] is not None)
    return shown, 422 if form.wrong else 200


@blueprint.route("/<uuid:id>", methods=["GET", "POST"])
@for_administrators
def client(id: UUID) -> Any:
    answer = gateway().get(_path(id))
    form = ClientForm(data=answer.body)
    if request.method != "POST":
        form.etag.data = answer.etag
    elif form.validate():
        try:
            gateway().patch(_path(id), form.wanted(), etag=form.etag.data or '"0"')
        except Problem as problem:
            if problem.status != 412:
                problems.onto(form, problem)
            form.problems.append(str(problems.words(problem)[0]))
            form.etag.data = answer.etag
        else:
            return redirect(url_for(".client", id=id, done="saved"), 303)
    shown = render_template("admin/client.html", client=answer.body, form=form, secret=SecretForm(formdata=None))
    return shown, 422 if form.wrong else 200


@blueprint.post("/<uuid:id>/secret")
@for_administrators
def rotate(id: UUID) -> Any:
    form = SecretForm()
    hours = form.overlap_hours.data if form.validate() else form.overlap_hours.default
    body = {"overlap_hours": int(hours)}
    return _secret(gateway().post(f"{_path(id)}/secrets", body, idempotency_key=form.request_key.for_body(body)).body)


@blueprint.route("/<uuid:id>/revocation", methods=["GET", "POST"])
@for_administrators
def revoke(id: UUID) -> Any:
    if request.method == "POST":
        gateway().delete(_path(id))
        return redirect(url_for(".client", id=id, done="client-revoked"), 303)
    return render_template("admin/client_revocation.html", client=gateway().get(_path(id)).body)


def _path(id: UUID) -> str:
    return f"{CLIENTS}/{id}"


def _secret(client: dict[str, Any]) -> Any:
    """A page that is loaded again sends its form again, which makes nothing new and tells no secret."""
    if client["client_secret"] is None:
        return redirect(url_for(".client", id=client["client_id"], done="secret-told"), 303)
    response = make_response(render_template("admin/client_secret.html", client=client))
    response.headers["Cache-Control"] = "no-store"
    return response
