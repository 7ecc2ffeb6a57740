"""Tables of programs that act for an institution. Secrets and tokens are kept as digests only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Base, Versioned
from chassis.ids import new_id


class ServiceClient(Versioned, Base):
    """A program of an institution; its id is its `client_id`. A revoked one stays: the audit trail names it."""

    __tablename__ = "service_client"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    scopes: Mapped[list[str]]
    institution_id: Mapped[UUID]
    contact: Mapped[str]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    secrets: Mapped[list["ClientSecret"]] = relationship(
        cascade="all, delete-orphan", order_by="ClientSecret.created_at.desc()", passive_deletes=True
    )


class ClientSecret(Base):
    """What a program proves itself by. The one before the newest is good until `expires_at`, so that nothing stops."""

    __tablename__ = "client_secret"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("service_client.id", ondelete="CASCADE"), index=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]


class AccessToken(Base):
    """What a program shows at the gateway, for an hour at most."""

    __tablename__ = "access_token"

    token_digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("service_client.id", ondelete="CASCADE"), index=True)
    scopes: Mapped[list[str]]
    expires_at: Mapped[datetime] = mapped_column(index=True)
