"""Static files under an address that changes with their content, so that a browser may keep them for a year."""

import hashlib
from pathlib import Path

from flask import Flask, Response, current_app, send_from_directory

FOLDER = Path(__file__).parent / "static"
_YEAR = 365 * 24 * 3600


def digest(folder: Path = FOLDER) -> str:
    """One short word for all static files together: they import each other by relative paths."""
    seen = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            seen.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return seen.hexdigest()[:12]


def serve_static_files(app: Flask) -> None:
    """Serve the folder at /static/<digest>/; a page of the release before this one still finds its files, uncached."""
    app.extensions["portage.static"] = digest()
    app.add_url_rule("/static/<version>/<path:filename>", endpoint="static", view_func=_serve)


def asset(filename: str) -> str:
    """The address of a static file."""
    return f"/static/{current_app.extensions['portage.static']}/{filename}"


def _serve(version: str, filename: str) -> Response:
    if version != current_app.extensions["portage.static"]:
        return send_from_directory(FOLDER, filename, max_age=0)
    response = send_from_directory(FOLDER, filename, max_age=_YEAR)
    response.cache_control.public = True
    response.cache_control.immutable = True
    return response
