"""Connections that lay idle are tried before they are used again: the database may have been restarted meanwhile.

SQLAlchemy's own `pool_pre_ping` tries every connection at every request, which costs a journey to the database each
time. One that was used within the last second is given out as it is; should it break just then, that request fails
as any request would that is under way when the database goes, and the next gets a fresh connection.
"""

from time import monotonic
from typing import Any

from sqlalchemy import Engine, event, exc

TRUSTED = 1.0  # seconds since its last use for which a connection is not tried again
_LEFT_AT = "portage_left_at"


def try_idle(engine: Engine) -> None:
    """Try each connection of this engine's pool that was idle for longer than `TRUSTED` before it is given out."""

    def left(_connection: Any, record: Any) -> None:
        record.info[_LEFT_AT] = monotonic()

    def taken(connection: Any, record: Any, _proxy: Any) -> None:
        left_at = record.info.get(_LEFT_AT)
        if left_at is not None and monotonic() - left_at > TRUSTED and not _answers(engine, connection):
            raise exc.DisconnectionError("an idle connection had ended")  # the pool opens another

    event.listen(engine, "checkin", left)
    event.listen(engine, "checkout", taken)


def _answers(engine: Engine, connection: Any) -> bool:
    try:
        return engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error as error:
        if engine.dialect.is_disconnect(error, connection, None):
            return False
        raise
