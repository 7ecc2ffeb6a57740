from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Base, Versioned
from chassis.encrypted import Encrypted, Lookup
from chassis.ids import new_id


class Thing(Versioned, Base):
    __tablename__ = "thing"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]


class Copy(Base):
    """A projection."""

    __tablename__ = "copy"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    sequence: Mapped[int]


class Box(Base):
    """Two encrypted columns, one of them found by its digest; its key is no UUID."""

    __tablename__ = "box"

    label: Mapped[bytes] = mapped_column(primary_key=True)
    content: Mapped[str] = mapped_column(Encrypted("boxes"))
    content_lookup: Mapped[bytes] = mapped_column(Lookup("lookups", of="content"), unique=True)
    note: Mapped[str | None] = mapped_column(Encrypted("boxes"))
