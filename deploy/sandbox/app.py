"""Joins the parts into one WSGI application."""

from flask import Flask

from sandbox import hrms, scripts
from sandbox.clock import athens
from sandbox.mailbox import routes as mailbox
from sandbox.taxisnet import routes as taxisnet
from sandbox.world import World
from sandbox.zoom import control, meetings, oauth, pages, past, registrants, users
from sandbox.zoom.api import routes as zoom_api
from sandbox.zoom.paths import KeepEncodedSlashes

ZOOM_OPERATIONS = (users, meetings, registrants, past)  # each serves its own as it is imported


def create_app(world: World) -> Flask:
    app = Flask("sandbox")
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Flask types the provider by its base class
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["athens"] = athens
    app.extensions["sandbox"] = world
    app.url_map.merge_slashes = False  # a doubled slash is a mistake to be told, not one to be mended
    for part in (scripts, taxisnet, hrms, mailbox, oauth, control, pages):
        app.register_blueprint(part.routes)
    app.register_blueprint(zoom_api)
    app.wsgi_app = KeepEncodedSlashes(app.wsgi_app)  # type: ignore[method-assign]
    return app
