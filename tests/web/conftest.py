"""A small application with the frame and nothing else: no database, an invented council, a viewer of choice."""

from collections.abc import Callable

import pytest
from flask import Flask, g, render_template_string

from portage import web
from portage.core.access import Can, Role
from portage.core.forms import Form
from portage.core.identity import Viewer
from portage.web.brand import Brand
from portage.web.site import Site

INVENTED = Site(
    council="Anytown Council",
    service="Anytown Portage",
    phone="01632 960 100",
    email="portage@anytown.example",
    brand=Brand.of("#7a1f5c"),
    tenant=True,
    home="/",
    sign_out="/sign-out",
)
Render = Callable[..., str]


@pytest.fixture
def anytown() -> Site:
    """The invented council."""
    return INVENTED


@pytest.fixture
def app() -> Flask:
    """The frame on an application that has no database behind it."""
    app = Flask("anytown", static_folder=None)
    app.secret_key = "only for flashed messages in these tests"
    web.install(app)

    @app.before_request
    def visit() -> None:
        g.site, g.csp_nonce, g.viewer = INVENTED, "abc", Viewer(csrf="token-of-this-session")

    return app


@pytest.fixture
def render(app: Flask) -> Render:
    """Render a template's text as a page of the invented council would."""

    def rendered(source: str, *, viewer: Viewer | None = None, site: Site = INVENTED, **context: object) -> str:
        with app.test_request_context("/here"):
            g.site, g.csp_nonce, g.viewer = site, "abc", viewer or Viewer(csrf="token-of-this-session")
            return render_template_string(source, **context)

    return rendered


@pytest.fixture
def field(render: Render) -> Render:
    """Render one field macro: field("text_input", "name", "Name", values={...}, errors={...}, hint=...)."""

    def rendered(macro: str, name: str, label: str, *places: object, **options: object) -> str:
        form = Form(options.pop("values", {}), options.pop("errors", {}))  # type: ignore[arg-type]  # given by name below
        source = "{% import 'macros/forms.html' as forms %}{{ forms[macro](form, name, label, *places, **options) }}"
        return render(source, macro=macro, form=form, name=name, label=label, places=places, options=options)

    return rendered


@pytest.fixture
def manager() -> Viewer:
    """A signed-in service manager."""
    return Viewer(
        kind="person", name="Ines Example", roles=frozenset({Role.SERVICE_MANAGER}), can=frozenset(Can), csrf="of-ines"
    )
