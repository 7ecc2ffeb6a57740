"""The gateway's own addresses outside the contract: health without detail, and the contract for human eyes."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from connexion import AsyncApp
from connexion.lifecycle import ConnexionResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from swagger_ui_bundle import swagger_ui_path  # type: ignore[import-untyped]

from chassis import metrics, problems
from gateway.health import Health

OWN_FILES = Path(__file__).parent / "docs"
FILES = {
    "start.js": OWN_FILES / "start.js",
    **{name: Path(swagger_ui_path) / name for name in ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")},
}
Page = Callable[[Request], Awaitable[Response]]


def add_pages(app: AsyncApp, health: Health) -> None:
    app.add_url_rule("/health/live", "live", live)
    app.add_url_rule("/health/ready", "ready", ready_page(health, detailed=False))
    app.add_url_rule("/api/docs", "docs", docs)
    app.add_url_rule("/api/docs/{name}", "docs_file", docs_file)


def contract_reader(contract: dict[str, Any]) -> Callable[[], Awaitable[ConnexionResponse]]:
    body = problems.dump(contract)

    async def read() -> ConnexionResponse:
        return ConnexionResponse(
            200, "application/json", "application/json", body=body, headers={"Cache-Control": "max-age=300"}
        )

    return read


async def live(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


def ready_page(health: Health, *, detailed: bool) -> Page:
    async def ready(_request: Request) -> Response:
        missing = await health.missing()
        body: dict[str, object] = {"status": "unavailable" if missing else "ok"}
        if detailed:
            body["missing"] = missing
        return JSONResponse(body, status_code=503 if missing else 200)

    return ready


async def docs(_request: Request) -> Response:
    return FileResponse(OWN_FILES / "page.html")


async def docs_file(request: Request) -> Response:
    path = FILES.get(request.path_params["name"])
    if path is None:
        raise HTTPException(404)
    return FileResponse(path, headers={"cache-control": "max-age=86400"})


async def figures(_request: Request) -> Response:
    body, content_type = metrics.render()
    return Response(body, media_type=content_type)
