from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    service: str = "orgs"
