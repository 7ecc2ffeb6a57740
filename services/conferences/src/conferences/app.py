"""The only place where the parts are joined."""

from typing import Any

from chassis import web
from conferences import settings as configuration
from conferences.settings import Settings


def create_app(settings: Settings) -> Any:
    configuration.use(settings)
    return web.create_app(settings, contract="conferences.yaml", package="conferences.api")
