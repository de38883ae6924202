"""What is refused when an edition is drafted, published or withdrawn, each with a sentence for the person."""

from http import HTTPStatus

from portage.core.errors import PortageError


class EditionAlreadyPublished(PortageError):
    """A file says something else for a day from which an edition already holds; what was published stays."""

    code = "edition-already-published"
    message = "An edition from {effective_from} is already published and says something else. Published editions stay."


class PolicyAway(PortageError):
    """A draft is written in the terms of a policy that is not installed."""

    status = HTTPStatus.CONFLICT
    code = "policy-away"
    message = (
        "This draft is written for the policy {policy}, which is not installed here any more. Begin a new draft as a "
        "copy of the edition in force."
    )


class NothingToCorrect(PortageError):
    """A file's edition corrects one that is not published."""

    code = "nothing-to-correct"
    message = "An edition corrects one from {day}, and no such edition is published."


class EditionOnAnotherPolicy(PortageError):
    """A file states an edition in the terms of another policy than the one by which it was published."""

    code = "edition-on-another-policy"
    message = (
        "The edition from {effective_from} is published on the policy {held}, and the file states it on {told}. "
        "To move it, with every case that it judged compared first: portage tenants move-plugin SLUG --to {told}"
    )

    def __init__(self, *, effective_from: str, held: str, told: str) -> None:
        self.told = told  # the policy that the file names
        super().__init__(effective_from=effective_from, held=held, told=told)


class NotADraft(PortageError):
    """What was a draft a moment ago is published or withdrawn."""

    code = "not-a-draft"
    message = "{what} It is no longer a draft, so nothing was changed."


class OwnDraft(PortageError):
    """Somebody who drafted an edition, or changed any of its terms, tried to publish it."""

    status = HTTPStatus.FORBIDDEN
    code = "own-draft"
    message = (
        "You drafted or changed this edition, so you cannot publish it. Another person with the right to publish "
        "has to read it and publish it."
    )


class DraftUnfinished(PortageError):
    """A draft whose terms do not fit together cannot be submitted or published."""

    code = "draft-unfinished"
    message = "Some terms of this draft do not fit together yet. The draft's own page lists them."


class NotSubmitted(PortageError):
    """A draft on which somebody is still working cannot be published."""

    code = "not-submitted"
    message = "This draft was not handed over yet. Its author says on its page when it is ready for a second person."


class DayTaken(PortageError):
    """Another edition is already published for the same day."""

    code = "day-taken"
    message = (
        "Another edition is already published from {day}. Choose another day, or publish this one as a correction "
        "of that edition."
    )


class DayPassed(PortageError):
    """An edition that corrects nothing was to hold from a day that is not in the future."""

    code = "day-passed"
    message = "An edition holds from a day in the future. Only a correction of an earlier edition may hold from before."


class CannotCorrect(PortageError):
    """A correction names an edition that does not hold on its first day."""

    code = "cannot-correct"
    message = "A correction holds from the first day of the edition that it corrects, or from a later day."


class ListChanged(PortageError):
    """The cases that a correction touches are no longer those that the person saw."""

    code = "list-changed"
    message = "The list of cases changed while you were reading it. Look at the new list and confirm it again."


class BeforeTheDecision(PortageError):
    """The day in force, the decision and the end of the call-in do not follow one another."""

    code = "before-the-decision"
    message = "{sentence}"


class AlreadyInForce(PortageError):
    """An edition whose day has come stays; only a later edition changes what holds."""

    code = "already-in-force"
    message = "This edition is in force already, so it stays. Publish a correcting edition instead."
