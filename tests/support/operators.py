"""An operator with a signed-in browser, as the platform's own provider would leave them."""

from uuid import uuid4

import psycopg
from flask import Flask
from flask.testing import FlaskClient

from portage.accounts.tokens import hash_of, new_token
from portage.core import clock
from portage.core.ids import new_id
from support.browsers import browser

HOST = "operator.localhost"


def at_the_desk(app: Flask, db_admin: psycopg.Connection) -> FlaskClient:
    """A browser on the operators' host in which one of them is signed in."""
    operator_id, token = uuid4(), new_token()
    db_admin.execute(
        "insert into operator (id, name, issuer, subject) values (%s, 'Op Invented', 'https://op.example', %s)",
        (operator_id, str(operator_id)),
    )
    db_admin.execute(
        "insert into operator_session (id, token_hash, operator_id, seen_at, expires_at) "
        "values (%s, %s, %s, %s, %s + interval '1 hour')",
        (new_id(), hash_of(token), operator_id, clock.now(), clock.now()),
    )
    client = browser(app, HOST)
    client.set_cookie("portage-session", token, domain=HOST)
    return client
