from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Base, Versioned
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
