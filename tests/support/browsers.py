"""A browser without JavaScript at one council's host."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class Browser(FlaskClient):
    """A test client whose every request goes to one host name."""

    host = "localhost"

    def open(self, *args: Any, **options: Any) -> TestResponse:
        """Send a request to this browser's host."""
        if args and isinstance(args[0], str):
            options.setdefault("base_url", f"http://{self.host}")
        return super().open(*args, **options)


def browser(app: Flask, host: str) -> Browser:
    """A new browser, with no cookie yet."""
    client = Browser(app, app.response_class, use_cookies=True)
    client.host = host
    return client
