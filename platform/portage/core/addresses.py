"""How the address of a database is written."""


def sqlalchemy_url(url: str) -> str:
    """SQLAlchemy's spelling of a PostgreSQL address (`postgresql://...` or `postgres://...`), with psycopg 3."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url[len(prefix) :]
    return url
