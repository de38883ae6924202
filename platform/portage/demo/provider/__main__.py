"""Run the provider by itself: `python -m portage.demo.provider --settings FILE --state FOLDER --port PORT`."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server

from portage.demo.provider.app import create_provider


class QuietRequests(WSGIRequestHandler):
    """Serves without a line for each request: addresses carry one-time codes."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write nothing."""


def serve(settings: Path, state: Path, port: int, base_url: str) -> None:
    """Serve on 127.0.0.1 until the process is told to end."""
    app = create_provider(settings, state, base_url)
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=QuietRequests)
    logging.getLogger(__name__).info("The identity provider is at %s", base_url)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description="OpenID provider of the demonstration, with invented people only.")
    parser.add_argument("--settings", type=Path, required=True, help="JSON file with issuers, clients and personas")
    parser.add_argument("--state", type=Path, required=True, help="folder in which signing keys are kept")
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--base-url", default="", help="where browsers find it; default http://idp.localhost:PORT")
    told = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    serve(told.settings, told.state, told.port, told.base_url or f"http://idp.localhost:{told.port}")


if __name__ == "__main__":
    main()
