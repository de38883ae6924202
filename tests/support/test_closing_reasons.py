"""Support ends for the reasons that the child's policy names; where it names none, for every reason that is known."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from portage.core import clock as portage_clock
from portage.core.db import db
from portage.policy.arrangements import Arrangements, LeavingTerms
from portage.support.operations import Close, close_episode, closing_reasons
from portage.support.pattern import Support
from portage.support.refusals import ReasonNotInPolicy
from support.episodes import Council, SupportedOf, accepted_of, actor, episode, post_to, supported_of

__all__ = ["accepted_of", "supported_of"]


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file is on 2 March 2026."""
    clock(datetime(2026, 3, 2, 10, tzinfo=UTC))


class Naming:
    """The policy of a child, with a list of what may end support."""

    def __init__(self, support: Support) -> None:
        self.support = support

    def arrangements(self, _: Any) -> Arrangements:
        events = ("moves-away", "full-time-nursery", "not-available")
        return Arrangements(leaving=LeavingTerms(events=events, report_to=("The nursery",)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.support.policy, name)


@pytest.fixture
def naming(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every policy names three events."""
    from dataclasses import replace

    from portage.support import pattern
    from portage.support.operations import episodes
    from portage.support.views import episodes as pages

    def support_of(of: Any, *, on: Any) -> Support:
        found = pattern.support_of(of, on=on)
        return replace(found, policy=Naming(found))

    monkeypatch.setattr(episodes, "support_of", support_of)
    monkeypatch.setattr(pages, "support_of", support_of)


def test_without_a_list_every_known_reason_can_be_chosen(supported_of: SupportedOf, council: Council) -> None:
    case = supported_of("leeds")
    with council("leeds"):
        named = closing_reasons(episode(case.episode_id), on=portage_clock.today())
    assert {"moved-away", "longest-support", "age", "nursery-place", "not-available", "family-wish"} <= named.keys()


@pytest.mark.usefixtures("naming")
def test_with_a_list_its_events_alone_and_what_a_family_may_always_wish(
    supported_of: SupportedOf, council: Council
) -> None:
    case = supported_of("leeds")
    path = f"/episodes/{case.episode_id}/close"
    page = case.manager.client.get(path).get_data(as_text=True)
    assert "The family was not available for visits" in page
    assert "The family wished it" in page
    assert "The longest support was reached" not in page
    assert "The policy names who gets a report: The nursery." in page
    refused = post_to(
        case.manager.client, path, reason="longest-support", version="1",
        **{"closed_on-day": "2", "closed_on-month": "3", "closed_on-year": "2026"},
    )  # fmt: skip
    assert refused.status_code == 422
    assert "does not name this reason" in refused.get_data(as_text=True)
    with council("leeds"):
        found = episode(case.episode_id)
        by, now = actor(case.manager), portage_clock.now()
        with pytest.raises(ReasonNotInPolicy):
            close_episode(found.id, Close("age", now.date(), found.version), by=by, at=now)
        close_episode(found.id, Close("nursery-place", now.date(), found.version), by=by, at=now)
        db.session.commit()
        assert episode(case.episode_id).closed_reason == "nursery-place"
