"""«Χρήστες»: the guide's four tabs for coordinators. Who may see and do what, the services decide."""

from portal.views.users import coordinator_invitations, coordinators, groups, messages, people, requests

BLUEPRINTS = [
    module.blueprint for module in (coordinators, coordinator_invitations, people, messages, groups, requests)
]
