"""What scripts turn: personas, faults, clock, reset."""

from datetime import timedelta
from typing import Annotated, Any, Literal, TypeVar

from flask import Blueprint, Response, abort, jsonify, make_response, render_template, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from werkzeug.exceptions import HTTPException

from sandbox.faults import MODES, Fault
from sandbox.world import current

routes = Blueprint("scripts", __name__)


class Wanted(BaseModel):
    model_config = ConfigDict(extra="forbid")


T = TypeVar("T", bound=BaseModel)


class WantedFault(Wanted):
    mode: str
    rate: Annotated[float, Field(ge=0, le=1)] = 1.0
    count: Annotated[int, Field(ge=1)] | None = None
    operation: str | None = None
    delay_seconds: Annotated[float, Field(gt=0, le=600)] | None = None


class WantedClock(Wanted):
    offset_seconds: float


class WantedEmployment(Wanted):
    employment: list[str] | Literal["none", "unavailable"]


def asked(form: type[T]) -> T:
    """The body of a script's call; what is wrong with it is told, not guessed."""
    try:
        return form.model_validate(request.get_json(force=True, silent=True) or {})
    except ValidationError as wrong:
        abort(400, "; ".join(f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in wrong.errors()))


@routes.app_errorhandler(HTTPException)
def tell(error: HTTPException) -> Response:
    """Programs get JSON, people a page."""
    if _is_person():
        page = render_template("problem.html", title="Δεν βρέθηκε ή δεν γίνεται", reason=error.description)
        return make_response(page, error.code or 500)
    return make_response(jsonify(error=error.description), error.code or 500)


def _is_person() -> bool:
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


@routes.get("/")
def index() -> str:
    return render_template("index.html", world=current())


@routes.get("/health")
def health() -> Response:
    return jsonify(status="ready")


@routes.get("/personas")
def personas() -> Response:
    everybody = current().people.all()
    if _is_person():
        return make_response(render_template("personas.html", personas=everybody))
    answer = jsonify(items=[persona.public() for persona in everybody])
    answer.headers["Vary"] = "Accept"
    return answer


@routes.put("/personas/<persona_id>/employment")
def employ(persona_id: str) -> Response:
    """What the HRMS says of this person from now on (until reset): people are hired, people leave."""
    wanted = asked(WantedEmployment)
    if current().people.get(persona_id) is None:
        abort(404, "no such persona")
    return jsonify(current().people.employ(persona_id, wanted.employment).public())


@routes.get("/faults")
def faults() -> Response:
    return jsonify({target: vars(fault) for target, fault in current().faults.current().items()})


@routes.put("/faults/<target>")
def put_fault(target: str) -> Response:
    if target not in MODES:
        abort(404, f"one of {', '.join(sorted(MODES))}")
    wanted = asked(WantedFault)
    if wanted.mode not in MODES[target] | {"off"}:
        abort(400, f"mode: one of off, {', '.join(sorted(MODES[target]))}")
    fault = Fault(**wanted.model_dump())
    current().faults.put(target, fault)
    return jsonify(vars(fault))


@routes.put("/clock")
def move_clock() -> Response:
    current().agenda.move_clock(timedelta(seconds=asked(WantedClock).offset_seconds))
    return clock()


@routes.get("/clock")
def clock() -> Response:
    now: dict[str, Any] = {"now": current().clock.now().isoformat()}
    return jsonify(now | {"offset_seconds": current().clock.offset.total_seconds()})


@routes.post("/reset")
def reset() -> Response:
    current().forget()
    return Response(status=204)
