"""«Ο Λογαριασμός μου»: one module and one blueprint per tab."""

from portal.views.account import collaborators, data, deletion, details, emails, role, sessions, two_factor

BLUEPRINTS = [
    module.blueprint for module in (details, emails, role, collaborators, sessions, two_factor, data, deletion)
]
