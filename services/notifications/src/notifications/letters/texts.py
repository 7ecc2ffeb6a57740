"""Templates to texts. One day operators edit them: hence the sandbox, and no undefined name passes."""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from jinja2 import PackageLoader, StrictUndefined, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

from notifications.letters.words import moment, one_line, period
from notifications.rules.messages import Template


class Texts(NamedTuple):
    subject: str
    text: str
    html: str


@cache
def environment() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        loader=PackageLoader("notifications"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {"moment": moment, "period": period}
    return made


def render(template: Template, facts: Mapping[str, Any]) -> Texts:
    """Greek, a rule, then the same in English; as text and as HTML."""
    context = {**facts, "template": template.value}
    subject = one_line(render_part(f"{template}/subject.txt", context))
    return Texts(
        subject=subject,
        text=render_part("layout.txt", context),
        html=render_part("layout.html", {**context, "subject": subject}),
    )


def render_part(name: str, facts: Mapping[str, Any]) -> str:
    return environment().get_template(name).render(facts)
