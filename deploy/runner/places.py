"""Where things are in the repository. Standard library only: `./dev` reads it before there is a virtual environment."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = ROOT / "contracts"
OPENAPI = CONTRACTS / "openapi"
SEED = ROOT / "deploy" / "seed"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# Programs unpacked for a user who may not install any; shared by all checkouts.
CACHE = Path("~/.cache/epresence").expanduser()

SERVICES = ("identity", "orgs", "conferences", "notifications")

# Every package of the repository, in the order in which one may need another.
PACKAGES = (
    ROOT / "services" / "chassis",
    *(ROOT / "services" / service for service in SERVICES),
    ROOT / "gateway",
    ROOT / "gateway" / "portal",
    ROOT / "deploy",
)
