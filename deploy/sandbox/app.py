"""Joins the parts into one WSGI application."""

from flask import Flask

from sandbox import hrms, scripts
from sandbox.clock import athens
from sandbox.mailbox import routes as mailbox
from sandbox.taxisnet import routes as taxisnet
from sandbox.world import World


def create_app(world: World) -> Flask:
    app = Flask("sandbox")
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Flask types the provider by its base class
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["athens"] = athens
    app.extensions["sandbox"] = world
    for part in (scripts, taxisnet, hrms, mailbox):
        app.register_blueprint(part.routes)
    return app
