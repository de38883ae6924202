"""What the calendar does for panels: meetings lie ahead without anybody planning them."""

from portage.core import clock
from portage.core.access import Role
from portage.core.jobs import daily
from portage.messages.operations import alert
from portage.panels.operations import plan_ahead, waiting_now
from portage.panels.releasing import release_practitioners
from portage.panels.rules import panel_rules


@daily("05:00")
def plan_panels() -> None:
    """Plan the meetings of a council whose policy has a panel; where none ever was, ask the chair for the first."""
    today = clock.today()
    rules = panel_rules(today)
    if rules is not None and plan_ahead(rules.every, on=today) is None and waiting_now():
        alert(
            kind="panel-unplanned",
            path="/panel",
            sentence="Requests wait, and no panel meeting is planned. Please plan the first.",
            role=Role.PANEL_CHAIR,
            dedupe="panel-unplanned",
        )


@daily("05:10")
def close_records() -> None:
    """Close the records that practitioners opened for a child whose request has ended or has a visitor now."""
    release_practitioners(on=clock.today())
