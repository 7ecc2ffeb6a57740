"""Everything the sandbox knows, in one place, in memory: it survives nothing, and is forgotten on request."""

from datetime import timedelta
from typing import cast

from flask import current_app

from sandbox.agenda import Agenda
from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.mailbox.letters import Mailbox
from sandbox.people import People
from sandbox.settings import Settings
from sandbox.taxisnet.state import TaxisNet
from sandbox.zoom.state import Zoom


class World:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = Clock()
        self.agenda = Agenda(self.clock)
        self.faults = Faults()
        self.people = People(settings.sandbox_seed_dir)
        self.taxisnet = TaxisNet(self.clock)
        self.mailbox = Mailbox()
        self.zoom = Zoom(settings, self.clock, self.agenda, self.faults)

    def start(self) -> None:
        self.agenda.start()
        self.zoom.webhooks.start()

    def stop(self) -> None:
        self.zoom.webhooks.stop()
        self.agenda.stop()

    def forget(self) -> None:
        """Everything but who exists: the personas and Zoom's licensed hosts."""
        self.agenda.move_clock(timedelta())
        self.faults.forget()
        self.agenda.forget()
        self.people.forget()
        self.taxisnet.forget()
        self.mailbox.forget()
        self.zoom.forget()


def current() -> World:
    return cast(World, current_app.extensions["sandbox"])
