"""The personas: everybody the sandbox's TaxisNet and HRMS know."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

Employment = list[str] | Literal["none", "unavailable"]


@dataclass(frozen=True)
class Persona:
    id: str
    title: str
    taxid: str
    surname: str
    name: str | None
    email: str
    employment: Employment
    role: str
    institution: str | None = None
    unit: str | None = None
    wire: Literal["usual", "padded_entities"] = "usual"

    def public(self) -> dict[str, Any]:
        return {key: value for key, value in vars(self).items() if key != "wire"}


class People:
    """Looked up by id (the picker), by ΑΦΜ (the HRMS); what the HRMS says of one may be changed by a script."""

    def __init__(self, seed_dir: Path) -> None:
        self._seed = [Persona(**row) for row in json.loads((seed_dir / "personas.json").read_text())]
        self.forget()

    def forget(self) -> None:
        self._by_id = {persona.id: persona for persona in self._seed}

    def all(self) -> list[Persona]:
        return list(self._by_id.values())

    def get(self, persona_id: str) -> Persona | None:
        return self._by_id.get(persona_id)

    def by_taxid(self, taxid: str) -> Persona | None:
        return next((persona for persona in self.all() if persona.taxid == taxid), None)

    def employ(self, persona_id: str, employment: Employment) -> Persona:
        self._by_id[persona_id] = replace(self._by_id[persona_id], employment=employment)
        return self._by_id[persona_id]
