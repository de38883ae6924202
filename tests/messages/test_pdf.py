"""A letter as PDF: the same words, tagged for screen readers, printed on A4, and made of nothing from elsewhere."""

import socket
from base64 import b64decode
from collections.abc import Callable
from contextlib import AbstractContextManager
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pypdf
import pytest

from messages.test_letters import letter_in
from portage.messages import pdf
from support.cases import FamilyOf
from support.letters import INSTEAD, REASON, Decide
from support.people import Hired

Council = Callable[..., AbstractContextManager[UUID]]
SignIn = Callable[..., Hired]
PIXEL = (  # one grey point
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)
A4 = (595.3, 841.9)  # points


@pytest.mark.parametrize("slug", ["leeds", "lancashire", "west-northants"])
def test_the_letter_can_be_had_as_an_accessible_pdf(
    slug: str, family_of: FamilyOf, decide: Decide, council: Council, sign_in: SignIn
) -> None:
    family = family_of(slug)
    decide(family, "declined")
    path = f"/referrals/{family.referral_id}/letter/{letter_in(council, family).id}"
    sender = sign_in(slug, "team-administrator").client
    assert f"{path}/pdf" in sender.get(path).text
    answer = sender.get(f"{path}/pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment;")

    made = pypdf.PdfReader(BytesIO(answer.data))
    words = " ".join(" ".join(page.extract_text() for page in made.pages).split())
    for wanted in ("Dear Sam Canarychild", "Kit", REASON, INSTEAD, family.reference, "SENDIASS", "complain"):
        assert " ".join(wanted.split()) in words, wanted
    root = made.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/StructTreeRoot"]
    assert made.metadata is not None
    assert made.metadata.title
    assert made.xmp_metadata is not None
    assert b'pdfuaid:part="1"' in made.xmp_metadata.stream.get_data()
    for page in made.pages:
        assert [round(float(side), 1) for side in page.mediabox[2:]] == pytest.approx(A4, abs=0.5)


@pytest.mark.parametrize("address", ["file://{}", "http://127.0.0.1:{}/pixel.png", "data:image/png;base64,{}"])
def test_a_letter_fetches_nothing_from_anywhere(address: str, tmp_path: Path) -> None:
    """Whatever somebody may have typed into a name or a reason: no file of the server, no address near it."""
    (tmp_path / "secret.png").write_bytes(b64decode(PIXEL))
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        place = {"file": tmp_path / "secret.png", "http": server.getsockname()[1], "data": PIXEL}[address[:4]]
        picture = f"<img alt='x' src='{address.format(place)}'>"
        made = pdf.made_of(f"<html lang='en-GB'><title>T</title><p>Words{picture}</p></html>")
        with pytest.raises(TimeoutError):
            server.accept()
    (page,) = pypdf.PdfReader(BytesIO(made)).pages
    assert "Words" in page.extract_text()
    assert not list(page.images)
