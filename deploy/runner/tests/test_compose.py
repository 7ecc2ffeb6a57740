"""`docker compose up` runs what `./dev up` runs: the same processes, told the same things."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from runner import compose_keys, keys
from runner.places import PACKAGES, ROOT, SERVICES
from runner.processes import Process, Processes
from runner.suite import MARK, Suite

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
OURS = {name: container for name, container in COMPOSE.items() if container["image"].startswith("epresence/")}
MACHINE = {"PATH", "HOME", "TMPDIR", "LANG", "PYTHONUNBUFFERED", "LOG_LEVEL", MARK}
# The image says where it listens and has its contracts and seed at hand; ports are the programs' own.
IMAGE = {
    "HOST",
    "PORT",
    "INTERNAL_PORT",
    "OPS_PORT",
    "CONTRACTS_DIR",
    "SANDBOX_PORT",
    "SANDBOX_SMTP_PORT",
    "SANDBOX_SEED_DIR",
}


def processes() -> list[Process]:
    made = Processes(Suite(Path("/nowhere")), keys.draw(), database="{role}", broker="{user}")
    jobs = [made.service(service, "migrate") for service in SERVICES]
    return [*made.all(), *jobs]


def container_of(process: str) -> str:
    program, _, command = process.partition(".")
    return program if command in ("", "web") else f"{program}-{command}"


@pytest.fixture(scope="module")
def handed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    compose_keys.main(folder)
    return folder


@pytest.mark.parametrize("process", processes(), ids=lambda process: process.name)
def test_a_container_is_told_what_the_process_is_told(process: Process, handed: Path) -> None:
    container = COMPOSE[container_of(process.name)]
    told = set(container.get("environment", {}))
    for volume in container["volumes"]:
        name = volume.partition(":")[0].removeprefix("keys-")
        told |= {line.partition("=")[0] for line in (handed / name / "environment").read_text().splitlines()}

    assert process.environment.keys() - MACHINE - IMAGE <= told


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_has_web_worker_migration_and_seed_of_one_image(service: str) -> None:
    containers = {name: each for name, each in OURS.items() if each["image"] == f"epresence/{service}"}
    wanted = {f"{service}{suffix}" for suffix in ("", "-worker", "-migrate", "-seed")}

    assert set(containers) | {f"{service}-seed"} == wanted, "notifications has nothing to seed"
    assert {each["command"][0] for each in containers.values()} == {
        name.partition("-")[2] or "web" for name in containers
    }


@pytest.mark.parametrize("name", OURS)
def test_a_container_of_ours_may_do_nothing_it_need_not(name: str) -> None:
    container = COMPOSE[name]
    publishes = set(container.get("ports", []))

    assert container["cap_drop"] == ["ALL"]
    assert name == "keys" or (container["read_only"] and "no-new-privileges:true" in container["security_opt"])
    assert name == "keys" or "user" not in container, "the image's own user, who is not root"
    assert all(port.startswith("127.0.0.1:") for port in publishes)
    assert not publishes or name in ("gateway", "sandbox")


def test_every_image_has_its_pinned_requirements_and_its_source() -> None:
    sources = {(each["build"]["args"]["NAME"], each["build"]["args"]["SOURCE"]) for each in OURS.values()}

    assert len({name for name, _ in sources}) == len(sources)
    for name, source in sources:
        pinned = (ROOT / f"deploy/images/requirements/{name}.txt").read_text()
        assert "--hash=sha256:" in pinned
        assert any((ROOT / source).is_relative_to(package) for package in PACKAGES), source
