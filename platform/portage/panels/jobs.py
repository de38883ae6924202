"""What the calendar does for panels: meetings lie ahead without anybody planning them."""

from portage.core import clock
from portage.core.access import Role
from portage.core.jobs import daily
from portage.editions.operations import edition_on
from portage.messages.operations import alert
from portage.panels.operations import cadence, plan_ahead, waiting_now
from portage.policy import NoEditionInForce


@daily("05:00")
def plan_panels() -> None:
    """Plan the meetings of a council whose policy has a panel; where none ever was, ask the chair for the first."""
    today = clock.today()
    try:
        every = cadence(*edition_on(today))
    except NoEditionInForce:
        return
    if every is not None and plan_ahead(every, on=today) is None and waiting_now():
        alert(
            kind="panel-unplanned",
            path="/panel",
            sentence="Requests wait, and no panel meeting is planned. Please plan the first.",
            role=Role.PANEL_CHAIR,
            dedupe="panel-unplanned",
        )
