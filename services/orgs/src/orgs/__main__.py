from chassis.run import Service, main
from orgs.app import create_app
from orgs.keys import KEYS
from orgs.reactions import REACTIONS
from orgs.seed import seed
from orgs.settings import Settings
from orgs.timers import TIMERS
from orgs.usecases.erasing import FORGETTING

main(
    Service(
        name="orgs",
        settings=Settings,
        create_app=create_app,
        reactions=REACTIONS,
        timers=TIMERS,
        commands={"seed": seed},
        forgetting=FORGETTING,
        keys=KEYS,
    )
)
