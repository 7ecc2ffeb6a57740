"""«Διαχείριση»: what platform administrators see and do. Who may, the services decide."""

from portal.views.admin import audit, clients, people, person

BLUEPRINTS = [module.blueprint for module in (people, person, clients, audit)]
