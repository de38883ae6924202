"""Every route says who may call it, and the application does not start with one that does not."""

import pytest
from flask import Flask
from werkzeug.routing import Rule, UUIDConverter

from portage.core.access import Audience, Can, Rate
from portage.core.routes import ANYONE, UNAUDITED, Routes, declaration_of, refuse_undeclared

WITHOUT_TOKEN = {  # POST routes that cannot carry a form token, each with what proves the caller instead
    "accounts.back_channel_logout": "a logout token signed by the council's identity provider",
    "operator_accounts.back_channel_logout": "a logout token signed by the operators' identity provider",
}
KEEPS_NOTHING = {"fit.look"}  # a parent's answers leave no trace, not even that somebody gave some
DRAFTS = {  # sending one is audited
    f"{form}.{what}" for form in ("ask", "notify") for what in ("begin", "forget", "papers", "remove_paper", "answer")
}


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def test_every_route_is_declared(app: Flask) -> None:
    assert len(rules(app)) > 5
    assert [rule.endpoint for rule in rules(app) if declaration_of(app, rule.endpoint) is None] == []


def test_an_application_with_an_undeclared_route_does_not_start() -> None:
    app = Flask("undeclared")
    app.add_url_rule("/open", view_func=lambda: "open")
    with pytest.raises(RuntimeError, match="without a declaration"):
        refuse_undeclared(app)


@pytest.mark.parametrize("missing", ["can", "audience", "audit", "rate"])
def test_a_route_cannot_be_written_without_each_part_of_its_declaration(missing: str) -> None:
    whole = {"can": Can.SEE_SELF, "audience": Audience.STAFF, "audit": UNAUDITED, "rate": Rate.PAGE}
    del whole[missing]
    with pytest.raises(KeyError, match=missing):
        Routes("test", __name__).get("/x", **whole)


def test_a_staff_route_names_a_permission() -> None:
    with pytest.raises(TypeError, match="permission"):
        Routes("test", __name__).get("/x", can=ANYONE, audience=Audience.STAFF, audit=UNAUDITED, rate=Rate.PAGE)


def test_every_id_in_an_address_is_a_uuid(app: Flask) -> None:
    loose = [
        (rule.rule, name)
        for rule in rules(app)
        for name, converter in rule._converters.items()
        if name.endswith("_id") and not isinstance(converter, UUIDConverter)
    ]
    assert loose == []


def test_only_named_routes_go_without_a_form_token(app: Flask) -> None:
    without = {
        rule.endpoint
        for rule in rules(app)
        if (declared := declaration_of(app, rule.endpoint)) is None or not declared.csrf
    }
    assert without <= set(WITHOUT_TOKEN)


def test_a_route_answers_to_reading_or_to_sending_never_to_both(app: Flask) -> None:
    both = [rule.rule for rule in rules(app) if {"GET", "POST"} <= set(rule.methods or ())]
    assert both == []


def test_every_post_in_a_councils_site_is_audited(app: Flask) -> None:
    silent = [
        rule.endpoint
        for rule in rules(app)
        if "POST" in (rule.methods or ())
        and (declared := declaration_of(app, rule.endpoint))
        and declared.audit == UNAUDITED
        and declared.audience is not Audience.OPERATOR  # operators have no council's trail to write to
        and rule.endpoint not in DRAFTS | KEEPS_NOTHING
    ]
    assert silent == []


def test_every_page_with_an_id_is_audited(app: Flask) -> None:
    silent = [
        rule.rule
        for rule in rules(app)
        if rule.arguments
        and any(name.endswith("_id") for name in rule.arguments)
        and (d := declaration_of(app, rule.endpoint))
        and d.audit == UNAUDITED
        and d.audience is Audience.STAFF
    ]
    assert silent == []
