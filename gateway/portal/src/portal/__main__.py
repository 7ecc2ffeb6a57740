"""`python -m portal web`."""

import sys

from chassis import logs
from chassis.settings import process_name
from portal.server import serve
from portal.settings import Settings


def main(arguments: list[str]) -> None:
    """The one command of the portal."""
    if arguments != ["web"]:
        sys.exit("usage: python -m portal web")
    settings = Settings()
    logs.configure(settings, process_name("web"))
    serve(settings)


if __name__ == "__main__":
    main(sys.argv[1:])
