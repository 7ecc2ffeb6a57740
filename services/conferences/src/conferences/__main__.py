from chassis.run import Service, main
from conferences.app import create_app
from conferences.commands import hosts, seed
from conferences.keys import KEYS
from conferences.reactions import REACTIONS
from conferences.settings import Settings
from conferences.timers import TIMERS
from conferences.usecases.erasing import FORGETTING

main(
    Service(
        name="conferences",
        settings=Settings,
        create_app=create_app,
        reactions=REACTIONS,
        timers=TIMERS,
        commands={"seed": seed, "hosts": hosts},
        forgetting=FORGETTING,
        keys=KEYS,
    )
)
