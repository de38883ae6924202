"""Verbs on services; a caller imports them from here or from the module that its verb is in."""

from portage.directory.operations.keeping import (
    Particulars,
    Withdrawal,
    add_service,
    bring_back,
    change_service,
    check_service,
    point_first,
    service_here,
    withdraw_service,
)

__all__ = [
    "Particulars",
    "Withdrawal",
    "add_service",
    "bring_back",
    "change_service",
    "check_service",
    "point_first",
    "service_here",
    "withdraw_service",
]
