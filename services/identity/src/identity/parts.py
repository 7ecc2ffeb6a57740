"""What use cases need beside a session: keys, clients, limits. Joined once per process from the settings."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from joserfc.jwk import KeySet

from chassis.crypto import KeyRing, seal, unseal
from identity.clients.hrms import EmploymentDirectory, FileDirectory, HttpDirectory, NoDirectory
from identity.clients.taxisnet import TaxisNet
from identity.settings import Settings
from identity.texts import Texts


@dataclass
class Parts:
    settings: Settings

    @cached_property
    def encryption(self) -> KeyRing:
        return KeyRing(self.settings.encryption_keys.get_secret_value())

    @cached_property
    def lookup(self) -> KeyRing:
        return KeyRing(self.settings.lookup_keys.get_secret_value())

    @cached_property
    def signing(self) -> KeySet:
        return KeySet.import_key_set(json.loads(self.settings.signing_keys.get_secret_value()))

    @cached_property
    def texts(self) -> Texts:
        return Texts()

    @cached_property
    def taxisnet(self) -> TaxisNet:
        return TaxisNet(
            base_url=self.settings.taxisnet_base_url.rstrip("/"),
            browser_url=(self.settings.taxisnet_browser_url or self.settings.taxisnet_base_url).rstrip("/"),
            client_id=self.settings.taxisnet_client_id,
            client_secret=self.settings.taxisnet_client_secret.get_secret_value(),
            redirect_uri=self.settings.callback_url,
            timeout_seconds=self.settings.taxisnet_timeout_seconds,
        )

    @cached_property
    def directory(self) -> EmploymentDirectory:
        if self.settings.hrms_file is not None:
            return FileDirectory(self.settings.hrms_file)
        if self.settings.hrms_url is None:
            return NoDirectory()
        return HttpDirectory(
            url=self.settings.hrms_url,
            username=self.settings.hrms_username,
            password=self.settings.hrms_password.get_secret_value(),
            timeout_seconds=self.settings.hrms_timeout_seconds,
        )

    def seal_for_notifications(self, content: dict[str, Any]) -> str:
        return seal(self.settings.sealing_public_key.get_secret_value(), content)

    def unseal(self, sealed: str) -> dict[str, Any]:
        return unseal(self.settings.identity_sealing_private_key.get_secret_value(), sealed)


_parts: Parts | None = None


def configure(settings: Settings) -> Parts:
    """Entry points take their parts from here; what they call is handed them."""
    global _parts  # noqa: PLW0603 - connexion, reactions and timers call plain functions: they need one place to look
    _parts = Parts(settings)
    return _parts


def current() -> Parts:
    return _parts or configure(Settings())  # the environment fills it
