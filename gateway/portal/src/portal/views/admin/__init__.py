"""«Διαχείριση»: what platform administrators see and do. Who may, the services decide."""

from portal.views.admin import audit, clients, institutions, people, person

BLUEPRINTS = [module.blueprint for module in (people, person, institutions, clients, audit)]
