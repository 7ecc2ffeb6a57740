from typing import Any

from chassis import web
from notifications import settings as surroundings
from notifications.settings import Settings


def create_app(settings: Settings) -> Any:
    surroundings.use(settings)
    return web.create_app(settings, contract="notifications.yaml", package="notifications.api")
