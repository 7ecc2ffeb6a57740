"""`python -m identity web | worker | migrate | …`"""

from chassis.run import Service, main
from identity import commands
from identity.app import create_app
from identity.keys import KEYS
from identity.reactions import REACTIONS
from identity.settings import Settings
from identity.timers import TIMERS
from identity.usecases.erasing import FORGETTING

main(
    Service(
        name="identity",
        settings=Settings,
        create_app=create_app,
        reactions=REACTIONS,
        timers=TIMERS,
        commands={
            "seed": commands.seed,
            "invite-administrator": commands.invite_administrator,
            "reset-two-factor": commands.reset_two_factor,
        },
        forgetting=FORGETTING,
        keys=KEYS,
    )
)
