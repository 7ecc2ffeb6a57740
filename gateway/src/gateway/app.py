"""create_app(settings): the only place where the parts are joined."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from connexion import AsyncApp
from connexion.middleware.context import ContextMiddleware
from connexion.middleware.lifespan import LifespanMiddleware
from connexion.resolver import Resolver
from starlette.applications import Starlette
from starlette.routing import Route

from chassis import contracts
from gateway.coordinators import CoordinatorReader
from gateway.door import Door
from gateway.doorkeeper import Doorkeeper
from gateway.exporting import Exporter
from gateway.forwarding import Forwarder
from gateway.health import Health
from gateway.identity import IdentityExchange
from gateway.middleware import ContractMiddleware
from gateway.operations import Operations
from gateway.pages import add_pages, contract_reader, figures, live, ready_page
from gateway.parts import Parts
from gateway.permissions import PermissionReader
from gateway.portal import Portal
from gateway.revocations import Revocations
from gateway.sessions import Sessions
from gateway.settings import Settings
from gateway.upstreams import Upstreams


def create_app(settings: Settings) -> AsyncApp:
    contracts.use(settings.contracts_dir)
    contracts.problems(), contracts.rights()  # read now, not while the first caller waits for its refusal
    upstreams = Upstreams(settings)
    health = Health(settings, upstreams)
    sessions = Sessions(IdentityExchange(settings, upstreams), cache_seconds=settings.session_cache_seconds)
    forwarder, keeper = Forwarder(upstreams), Doorkeeper(settings)
    operations = Operations(settings, sessions=sessions, forwarder=forwarder, keeper=keeper)
    parts = Parts(settings, sessions=sessions, upstreams=upstreams)
    composed = {
        "edge.account.export": Exporter(parts).answer,
        "edge.coordinators.read": CoordinatorReader(parts).answer,
        "edge.permissions.read": PermissionReader(parts).answer,
    }

    @asynccontextmanager
    async def lifespan(_app: Any) -> AsyncIterator[None]:
        async with upstreams, Revocations(settings, sessions):
            yield

    app = AsyncApp(
        __name__,
        lifespan=lifespan,
        middlewares=[
            partial(Door, settings=settings, ops=ops_app(health), health=health),
            partial(
                ContractMiddleware,
                operations=operations,
                composed=composed,
                portal=Portal(settings, forwarder),
                keeper=keeper,
            ),
            LifespanMiddleware,
            ContextMiddleware,
        ],
    )
    contract = contracts.openapi(settings.contract)
    own = {"edge.contract.read": contract_reader(contract)}
    app.add_api(contract, resolver=Resolver(lambda operation: own.get(operation, answered_elsewhere)))
    add_pages(app, health)
    app.health = health
    return app


def ops_app(health: Health) -> Starlette:
    return Starlette(
        routes=[
            Route("/health/live", live),
            Route("/health/ready", ready_page(health, detailed=True)),
            Route("/metrics", figures),
        ]
    )


async def answered_elsewhere() -> None:
    """Connexion wants a function for every operation; one of a service is forwarded and never comes so far."""
