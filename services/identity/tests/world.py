"""The sandbox as tests turn it, and the personas it knows."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

PERSONAS = {
    persona["id"]: persona
    for persona in json.loads((Path(__file__).parents[3] / "deploy" / "seed" / "personas.json").read_text("utf-8"))
}


@dataclass
class Sandbox:
    url: str

    def authorize(self, address: str, persona: str, decision: str | None = None) -> dict[str, str]:
        """Be this persona at TaxisNet's page; what it sends back to our callback."""
        chosen = {"persona": persona} if decision is None else {"persona": persona, "decision": decision}
        answer = requests.get(address, params=chosen, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text[:200]
        return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}

    def fault(self, target: str, mode: str, **more: Any) -> None:
        requests.put(f"{self.url}/faults/{target}", json={"mode": mode, **more}, timeout=10).raise_for_status()

    def employ(self, persona: str, employment: list[str] | str) -> None:
        body = {"employment": employment}
        requests.put(f"{self.url}/personas/{persona}/employment", json=body, timeout=10).raise_for_status()

    def reset(self) -> None:
        requests.post(f"{self.url}/reset", timeout=10).raise_for_status()
