"""«Χρήστες»: the guide's four tabs for coordinators. Who may see and do what, the services decide."""

from portal.views.users import groups, messages, people, requests

BLUEPRINTS = [module.blueprint for module in (people, messages, groups, requests)]
