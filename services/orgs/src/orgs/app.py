from typing import Any

from chassis import web
from orgs import settings as surroundings
from orgs.settings import Settings


def create_app(settings: Settings) -> Any:
    surroundings.use(settings)
    return web.create_app(settings, contract="orgs.yaml", package="orgs.api")
