"""The search for people to invite."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from chassis import tokens
from chassis.db import transaction
from chassis.web import reply
from conferences import presenters, queries
from conferences.usecases import people


def search(search: str, token_info: Mapping[str, Any]) -> Response:
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        found = people.search(session, viewer=viewer, wanted=search)
        return reply({"items": [presenters.found_person(one) for one in found]})
