"""`python -m sandbox`: play the outside world until told to stop."""

import logging
import signal
import threading

from sandbox.server import Server
from sandbox.settings import Settings
from sandbox.world import World


def main() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    told_to_stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: told_to_stop.set())

    settings = Settings()
    server = Server(World(settings))
    server.start()
    print(
        f"sandbox: {settings.public_url}/  mail: smtp://{settings.sandbox_host}:{settings.sandbox_smtp_port}",
        flush=True,
    )
    told_to_stop.wait()
    server.stop()


if __name__ == "__main__":
    main()
