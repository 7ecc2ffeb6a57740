"""The pages, one module per task; views only ask, and show what they were told."""

from portal.views import (
    account,
    activation,
    admin,
    certificate,
    conference,
    conferences,
    ending,
    home,
    institution,
    invitation,
    join,
    live,
    meeting,
    new_conference,
    participants,
    preferences,
    proof,
    report,
    second_step,
    session_end,
    sign_in,
    statements,
    support,
    units,
    users,
)

BLUEPRINTS = [
    module.blueprint
    for module in (
        home,
        sign_in,
        second_step,
        session_end,
        activation,
        proof,
        certificate,
        invitation,
        conferences,
        new_conference,
        conference,
        participants,
        meeting,
        ending,
        live,
        report,
        institution,
        units,
        join,
        statements,
        support,
        preferences,
    )
] + account.BLUEPRINTS
BLUEPRINTS += users.BLUEPRINTS + admin.BLUEPRINTS
