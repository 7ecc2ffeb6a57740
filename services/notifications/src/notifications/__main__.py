from chassis.run import Service, main
from notifications.app import create_app
from notifications.keys import KEYS
from notifications.reactions import REACTIONS
from notifications.settings import Settings
from notifications.timers import TIMERS
from notifications.usecases.erasing import FORGETTING

main(
    Service(
        name="notifications",
        settings=Settings,
        create_app=create_app,
        reactions=REACTIONS,
        timers=TIMERS,
        forgetting=FORGETTING,
        keys=KEYS,
    )
)
