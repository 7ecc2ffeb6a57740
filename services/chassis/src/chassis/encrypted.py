"""Columns that hold what a key ring made. Their type says which ring: rotation finds every one of them by it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, LargeBinary, Table, Text
from sqlalchemy.types import TypeDecorator

from chassis.db import registry_of


class Encrypted(TypeDecorator[str]):
    """`KeyRing.encrypt` of the ring with this name: `mapped_column(Encrypted("encryption"))`."""

    impl, cache_ok = Text, True

    def __init__(self, ring: str) -> None:
        super().__init__()
        self.ring = ring


class Lookup(TypeDecorator[bytes]):
    """`KeyRing.lookup` of what the encrypted column `of` of the same row holds, to find and to have it once."""

    impl, cache_ok = LargeBinary, True

    def __init__(self, ring: str, of: str) -> None:
        super().__init__()
        self.ring, self.of = ring, of


@dataclass(frozen=True)
class Secrets:
    """A table and its columns of the two types."""

    table: Table
    encrypted: tuple[Column[Any], ...]
    lookups: tuple[Column[Any], ...]

    @property
    def key(self) -> tuple[Column[Any], ...]:
        return tuple(self.table.primary_key)

    @property
    def columns(self) -> tuple[Column[Any], ...]:
        return (*self.encrypted, *self.lookups)


def ring_of(column: Column[Any]) -> str:
    if not isinstance(column.type, Encrypted | Lookup):
        raise TypeError(f"{column} holds nothing of a key ring")
    return column.type.ring


def source_of(lookup: Column[Any]) -> Column[Any]:
    """The encrypted column that the digest is of."""
    if not isinstance(lookup.type, Lookup):
        raise TypeError(f"{lookup} is no lookup")
    source: Column[Any] = lookup.table.columns[lookup.type.of]
    return source


def secrets_of(package: str) -> Iterator[Secrets]:
    """The tables of a service that hold something encrypted, in the order of their names."""
    for _, table in sorted(registry_of(package).metadata.tables.items()):
        encrypted = tuple(column for column in table.columns if isinstance(column.type, Encrypted))
        lookups = tuple(column for column in table.columns if isinstance(column.type, Lookup))
        if encrypted or lookups:
            yield Secrets(table, encrypted, lookups)
