"""«Χρήστες»: the guide's four tabs for coordinators. Who may see and do what, the services decide."""

from flask import Blueprint

BLUEPRINTS: list[Blueprint] = []
