"""The one database handle, and what every table has."""

from contextvars import ContextVar
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import (
    CheckConstraint,
    Connection,
    Date,
    DateTime,
    Engine,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, registry

from portage.core import clock
from portage.core.ids import new_id

NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


class Base(DeclarativeBase):
    """Types hang on the registry because Flask-SQLAlchemy rebuilds this class and drops a `type_annotation_map`."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={
            datetime: DateTime(timezone=True),
            date: Date(),
            str: Text(),
            UUID: Uuid(),
            dict[str, Any]: JSONB(),
            list[Any]: JSONB(),
            list[str]: JSONB(),
        },
    )


class PortageSession(FlaskSession):
    """A session that connects as the operator's own database role while the operator's host is served."""

    def get_bind(
        self,
        mapper: Any | None = None,
        clause: Any | None = None,
        bind: Engine | Connection | None = None,
        **kwargs: Any,
    ) -> Engine | Connection:
        """The operator's engine on the operator's host, else the process's own."""
        if on_operator_plane.get():
            return db.engines["operator"]
        bound: Engine | Connection = super().get_bind(mapper, clause, bind, **kwargs)
        return bound


on_operator_plane: ContextVar[bool] = ContextVar("on_operator_plane", default=False)

db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"class_": PortageSession})

if TYPE_CHECKING:  # Flask-SQLAlchemy types `db.Model` as Any; this keeps columns checked.

    class Model(Base):
        """A table of the platform."""

        __abstract__ = True
else:
    Model = db.Model


class TenantOwned:
    """A table whose rows belong to one council: its keys begin with the council, and row-level security closes it."""

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True, sort_order=-3)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-2)

    created_at: Mapped[datetime] = mapped_column(default=clock.now, server_default=text("now()"), sort_order=98)


class Editable:
    """A row that people change: its version is checked in every update, so that nobody overwrites another unseen."""

    version: Mapped[int] = mapped_column(Integer, default=1, server_default=text("1"), sort_order=99)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy passes the class
        return {"version_id_col": cls.version}


class CaseRecord:
    """Columns by which a council's retention rules, a legal hold and disposal act on a case table."""

    retain_until: Mapped[date | None] = mapped_column(sort_order=95)

    legal_hold: Mapped[bool] = mapped_column(default=False, server_default=text("false"), sort_order=96)

    disposed_at: Mapped[datetime | None] = mapped_column(sort_order=97)


class Paper:
    """Columns of a file that somebody sent: what it is, how large, and the random key under which it lies.

    It is only ever given out as an attachment (`portage.core.files`).
    """

    kind: Mapped[str]
    file_name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[bytes]
    object_key: Mapped[str]
    added_by: Mapped[str]


def to(table: str, column: str) -> ForeignKeyConstraint:
    """A reference to another row of the same council: (tenant_id, column) -> table (tenant_id, id)."""
    return ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"])


def one_of(column: str, *values: str) -> CheckConstraint:
    """A text column with a closed list of values: under row-level security an enum would lose its index."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


__all__ = [
    "Base",
    "CaseRecord",
    "CheckConstraint",
    "Editable",
    "Index",
    "Model",
    "Paper",
    "PrimaryKeyConstraint",
    "TenantOwned",
    "UniqueConstraint",
    "db",
    "one_of",
    "to",
]
