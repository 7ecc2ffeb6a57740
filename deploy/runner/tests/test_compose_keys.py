"""What the first step of `docker compose up` hands to whom."""

from pathlib import Path

from runner.compose_keys import main
from runner.processes import SECRETS_OF


def settings(folder: Path, program: str) -> dict[str, str]:
    lines = (folder / program / "environment").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def test_each_program_is_handed_its_own_and_only_migrations_the_owners_password(tmp_path: Path) -> None:
    main(tmp_path)

    assert set(settings(tmp_path, "portal")) == {"FORM_KEY"}
    assert set(settings(tmp_path, "orgs")) == {*SECRETS_OF["orgs"], "AMQP_URL", "DATABASE_URL"}
    assert set(settings(tmp_path, "orgs-owner")) == {"MIGRATION_DATABASE_URL"}


def test_a_second_start_hands_out_the_same_to_read_only(tmp_path: Path) -> None:
    main(tmp_path)
    first = settings(tmp_path, "identity")

    main(tmp_path)

    assert settings(tmp_path, "identity") == first
    assert (tmp_path / "identity" / "environment").stat().st_mode & 0o777 == 0o444
