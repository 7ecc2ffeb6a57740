"""Telephone numbers for the eye."""

from chassis import phones


def shown(number: str | None) -> str:
    """In groups, as they are read out; nothing for none."""
    return phones.grouped(number) if number else ""
