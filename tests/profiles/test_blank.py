"""The blank profile for parents and settings: where the policy publishes it, and nowhere else (WNC-06)."""

from collections.abc import Callable
from io import BytesIO
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader

from portage.messages import pdf

At = Callable[[str], FlaskClient]


@pytest.fixture
def at(shipped: dict[str, UUID], client_of: At) -> At:
    """A browser at a council's own site, with the policies as they are shipped."""
    assert shipped
    return client_of


def test_parents_and_settings_open_the_blank_profile_from_the_first_page(at: At) -> None:
    """WNC-06: the Portage Development Profile."""
    client = at("west-northants")
    assert 'href="/profile"' in client.get("/").text
    page = client.get("/profile").text
    assert "Portage Development Profile" in page
    assert "Builds a tower of three blocks or more" in page
    assert "example in our own words" in page
    assert "cannot" not in page.split("<article")[1].split("</article>")[0]


@pytest.mark.parametrize("slug", ["leeds", "lancashire"])
def test_a_council_that_publishes_no_profile_has_no_such_page(at: At, slug: str) -> None:
    client = at(slug)
    assert client.get("/profile").status_code == 404
    assert client.get("/profile.pdf").status_code == 404
    assert 'href="/profile"' not in client.get("/").text


@pytest.mark.skipif(not pdf.available(), reason="this installation makes no PDF")
def test_the_blank_profile_is_a_tagged_pdf(at: At) -> None:
    answer = at("west-northants").get("/profile.pdf")
    assert answer.mimetype == "application/pdf"
    read = PdfReader(BytesIO(answer.data))
    assert "/StructTreeRoot" in read.root_object
    assert "Builds a tower" in "".join(page.extract_text() for page in read.pages)


@pytest.mark.skipif(pdf.available(), reason="this installation makes PDF")
def test_without_the_means_to_make_a_pdf_none_is_offered(at: At) -> None:
    client = at("west-northants")
    assert client.get("/profile.pdf").status_code == 404
    assert "/profile.pdf" not in client.get("/profile").text
