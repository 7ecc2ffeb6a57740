"""`python -m gateway web`: the public, the internal and the ops listener, in one process."""

import sys

from chassis import logs
from chassis.settings import process_name
from gateway.serving import serve
from gateway.settings import Settings


def main(arguments: list[str]) -> None:
    if arguments != ["web"]:
        sys.exit("usage: python -m gateway web")
    settings = Settings()
    logs.configure(settings, process_name("web"))
    serve(settings)


if __name__ == "__main__":
    main(sys.argv[1:])
