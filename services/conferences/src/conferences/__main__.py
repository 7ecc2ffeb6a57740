from chassis.run import Service, main
from conferences.app import create_app
from conferences.commands import hosts, seed
from conferences.reactions import REACTIONS
from conferences.settings import Settings
from conferences.timers import TIMERS

main(
    Service(
        name="conferences",
        settings=Settings,
        create_app=create_app,
        reactions=REACTIONS,
        timers=TIMERS,
        commands={"seed": seed, "hosts": hosts},
    )
)
