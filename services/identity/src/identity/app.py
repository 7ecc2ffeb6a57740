"""The only place where parts are joined."""

from connexion import FlaskApp

from chassis import web
from identity import parts
from identity.settings import Settings


def create_app(settings: Settings) -> FlaskApp:
    parts.configure(settings)
    return web.create_app(settings, contract="identity.yaml", package="identity.api")
