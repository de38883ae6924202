"""Questions about the people of a request: who asks, the child, and the parents and carers."""

from collections.abc import Mapping
from datetime import date

from portage.referrals.schemas.ask_questions import Answers, Check, Options, Page, Question

FORMATS: Options = (
    ("large-print", "Large print", ""),
    ("easy-read", "Easy Read, with short sentences and pictures", ""),
    ("braille", "Braille", ""),
    ("audio", "A recording to listen to", ""),
    ("bsl", "A video in British Sign Language", ""),
    ("coloured-paper", "Coloured paper", ""),
)
SAFE_WAYS: Options = (("email", "E-mail", ""), ("telephone", "Telephone", ""), ("post", "Post", ""))
_OLDEST = 20  # years; an older "child" is a slip in the year
_RELATIONSHIP = "For example mother, father, grandparent, foster carer"
_RESPONSIBILITY = "Parental responsibility means the legal rights and duties of a parent."


def about_the_parent() -> tuple[Page, ...]:
    """A parent about themselves, over three short pages."""
    return (
        Page(
            "you",
            "About you",
            (
                Question("carer_name", "name", "Your name", required="Enter your name.", autocomplete="name"),
                Question(
                    "carer_relationship",
                    "name",
                    "What are you to the child?",
                    hint=_RELATIONSHIP,
                    required="Say what you are to the child, for example mother or foster carer.",
                ),
                Question(
                    "carer_responsibility",
                    "yes-no",
                    "Do you have parental responsibility for the child?",
                    hint=_RESPONSIBILITY,
                    unknown="I am not sure",
                ),
            ),
        ),
        Page(
            "contact", "How we can reach you", _contact("carer", "you", "tel", "email"), check=_some_way("carer", "you")
        ),
        Page("needs", "What would make it easier for you", _needs("carer", "you")),
    )


def about_a_professional() -> Page:
    """A professional about themselves."""
    return Page(
        "you",
        "About you",
        (
            Question("referrer_name", "name", "Your name", required="Enter your name.", autocomplete="name"),
            Question(
                "referrer_role",
                "name",
                "Your role",
                hint="For example health visitor, SENCo",
                required="Enter your role.",
            ),
            Question(
                "referrer_organisation",
                "text",
                "Where you work",
                required="Enter where you work.",
                autocomplete="organization",
            ),
            Question(
                "referrer_email",
                "email",
                "Your work e-mail address",
                hint="We send you a receipt and the stage of the request.",
                autocomplete="email",
            ),
            Question("referrer_telephone", "telephone", "Your telephone number", autocomplete="tel"),
        ),
        check=_reachable,
    )


def about_the_asker() -> Page:
    """A professional who asked, as staff write them down."""
    return Page(
        "asker",
        "Who asked",
        (
            Question("referrer_name", "name", "Name", required="Enter the name of the person who asked."),
            Question("referrer_role", "name", "Role", hint="For example health visitor, SENCo"),
            Question("referrer_organisation", "text", "Where they work"),
            Question("referrer_email", "email", "Work e-mail address", hint="A receipt goes there, if there is one."),
            Question("referrer_telephone", "telephone", "Telephone number"),
        ),
    )


def about_the_child(referrer: str) -> tuple[Page, ...]:
    """The child, and where they live."""
    child = Page(
        "child",
        "About your child" if referrer == "parent" else "About the child",
        (
            Question("given_name", "name", "First name", required="Enter the child's first name."),
            Question("family_name", "name", "Last name", required="Enter the child's last name."),
            Question(
                "born",
                "birthday",
                "Date of birth",
                hint="For example, 27 3 2024",
                required="Enter the child's date of birth.",
                not_later="The date of birth is in the future. Check the year.",
            ),
        ),
        check=_a_child,
    )
    return child, _where_the_child_lives(referrer)


def _where_the_child_lives(referrer: str) -> Page:
    secret = {
        "parent": "If it is not safe to give it, leave it empty and tell us how to reach you.",
        "staff": "Leave it empty if it must stay secret.",
    }.get(referrer, "If the address must stay secret, leave it empty and call us.")
    return Page(
        "home",
        "Where the child lives",
        (
            Question("address", "long-text", "Address", rows=3, hint=secret),
            Question(
                "postcode", "postcode", "Postcode", hint="It tells us which team is near.", autocomplete="postal-code"
            ),
        ),
    )


def about_the_family() -> tuple[Page, ...]:
    """The main parent or carer, as a professional knows them."""
    return (
        Page(
            "family",
            "The child's parent or carer",
            (
                Question("carer_name", "name", "Name", required="Enter the name of a parent or carer."),
                Question(
                    "carer_relationship",
                    "name",
                    "What are they to the child?",
                    hint=_RELATIONSHIP,
                    required="Say what they are to the child, for example mother or foster carer.",
                ),
                Question(
                    "carer_responsibility",
                    "yes-no",
                    "Do they have parental responsibility?",
                    hint=_RESPONSIBILITY,
                    unknown="Not known",
                ),
            ),
        ),
        Page(
            "family-contact", "How we can reach the family", _contact("carer", "them"), check=_some_way("carer", "them")
        ),
        Page("family-needs", "What would make it easier for the family", _needs("carer", "they")),
    )


def about_a_second_carer(referrer: str) -> Page:
    """Another parent or carer, if there is one; a page that may be left empty."""
    them = "you" if referrer == "parent" else "the first"
    return Page(
        "other-carer",
        "Another parent or carer",
        (
            Question("other_name", "name", "Name"),
            Question("other_relationship", "name", "What are they to the child?", hint=_RELATIONSHIP),
            Question(
                "other_responsibility",
                "yes-no",
                "Do they have parental responsibility?",
                hint=_RESPONSIBILITY,
                unknown="I am not sure" if referrer == "parent" else "Not known",
            ),
            *_contact("other", "them"),
        ),
        intro=(f"Leave this page empty if there is nobody beside {them} whom we should know.",),
        check=_second_carer,
        optional=True,
    )


def _contact(prefix: str, whom: str, telephone: str | None = None, email: str | None = None) -> tuple[Question, ...]:
    return (
        Question(f"{prefix}_telephone", "telephone", "Telephone number", autocomplete=telephone),
        Question(
            f"{prefix}_email",
            "email",
            "E-mail address",
            hint="Only if there is one. It is never needed.",
            autocomplete=email,
        ),
        Question(
            f"{prefix}_safe",
            "ticks",
            f"How is it safe to contact {whom}?",
            options=SAFE_WAYS,
            hint="Tick only what is safe, so that nobody sees or hears it who should not. We use no other way.",
        ),
        Question(
            f"{prefix}_contact_note",
            "long-text",
            "Anything we should know before we make contact?",
            rows=3,
            hint="For example: call only in the mornings, do not leave messages, speak to nobody else",
        ),
    )


def _needs(prefix: str, who: str) -> tuple[Question, ...]:
    return (
        Question(
            f"{prefix}_interpreter",
            "text",
            f"Do {who} need an interpreter? In which language?",
            hint="British Sign Language too. Leave this empty if not.",
        ),
        Question(f"{prefix}_formats", "ticks", f"Do {who} need letters in another form?", options=FORMATS),
        Question(
            f"{prefix}_other_needs",
            "text",
            "Anything else that helps?",
            hint="For example somebody who reads letters out",
        ),
    )


def _some_way(prefix: str, whom: str) -> Check:
    def check(answers: Answers, _today: date) -> Mapping[str, str]:
        safe, note = answers[f"{prefix}_safe"], answers[f"{prefix}_contact_note"]
        if not safe and not note:
            return {f"{prefix}_safe": f"Tick at least one safe way, or tell us below how to reach {whom} safely."}
        if "email" in safe and not answers[f"{prefix}_email"]:
            return {f"{prefix}_email": "Enter the e-mail address, or take the tick away from e-mail."}
        if "telephone" in safe and not answers[f"{prefix}_telephone"]:
            return {f"{prefix}_telephone": "Enter the telephone number, or take the tick away from telephone."}
        return {}

    return check


def _reachable(answers: Answers, _today: date) -> Mapping[str, str]:
    if not answers["referrer_email"] and not answers["referrer_telephone"]:
        return {"referrer_telephone": "Enter a telephone number or an e-mail address, so that we can reach you."}
    return {}


def _a_child(answers: Answers, today: date) -> Mapping[str, str]:
    if today.year - answers["born"].year > _OLDEST:
        return {"born": "Check the year: this date of birth is of a grown-up."}
    return {}


def _second_carer(answers: Answers, _today: date) -> Mapping[str, str]:
    if not any(value not in (None, "", []) for value in answers.values()):
        return {}
    wanted = {"other_name": "Enter their name.", "other_relationship": "Say what they are to the child."}
    return {name: sentence for name, sentence in wanted.items() if not answers[name]}
