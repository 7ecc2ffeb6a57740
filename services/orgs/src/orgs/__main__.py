from chassis.run import Service, main
from orgs.app import create_app
from orgs.reactions import REACTIONS
from orgs.seed import seed
from orgs.settings import Settings

main(Service(name="orgs", settings=Settings, create_app=create_app, reactions=REACTIONS, commands={"seed": seed}))
