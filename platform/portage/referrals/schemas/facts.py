"""Forms by which staff record what they found."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast

from marshmallow import ValidationError, fields, missing, post_load, validate, validates_schema

from portage.core.forms import Choice, Day, FormSchema, Text, Ticks, YesNo
from portage.policy import AREA_KEYS, EVIDENCE_KEYS, ExtraFact
from portage.referrals.operations.facts import DelayFound, FactsFound
from portage.referrals.own_facts import field_name

# These areas have no developmental age, so a professional's judgement may stand for a measure.
JUDGED_AREAS = frozenset({"nursing-medical", "hearing", "vision", "sensory"})
FORMS = ("percent", "months", "developmental_age_months")


class Number(fields.Decimal):
    """A typed number that is not negative; `required` is a sentence."""

    def __init__(self, required: str | None = None, **options: Any) -> None:
        sentence = "Enter a number, such as 40 or 7.5."
        super().__init__(
            places=None,
            required=required is not None,
            load_default=None if required is None else missing,
            error_messages={
                "required": required or "",
                "null": required or "",
                "invalid": sentence,
                "special": sentence,
            },
            validate=[validate.Range(min=0, max=999, error=sentence), _two_decimals],
            **options,
        )


def _two_decimals(value: Decimal) -> None:
    """Refuse a figure that the record would round while the rules would not."""
    if value != round(value, 2):
        raise ValidationError("Use at most two decimals.")


class DelaySchema(FormSchema):
    """A delay in one area: measured, or a named professional's judgement."""

    version = fields.Integer(required=True)
    area = Choice(*sorted(AREA_KEYS), required="Choose the area of development.")
    basis = Choice("measured", "judgement", required="Choose how it is known.")
    form = Choice(*FORMS, required="Choose how the delay is given.")
    amount = Number("Enter the figure.")
    assessed_by = Text("Enter who found it, with their profession.")
    assessed_on = Day("Enter the day on which it was found.")
    instrument = Text(longest=300)
    reason = Text(longest=2000)

    @validates_schema(skip_on_field_errors=False)
    def holds_together(self, data: Mapping[str, Any], **_: Any) -> None:
        """Ask for the instrument of a measure and for the reason of a judgement."""
        problems: dict[str, list[str]] = {}
        if data.get("basis") == "measured" and not data.get("instrument"):
            problems["instrument"] = ["Enter what it was measured with."]
        if data.get("basis") == "judgement":
            if not data.get("reason"):
                problems["reason"] = ["Write the professional's reason."]
            if data.get("area") in AREA_KEYS - JUDGED_AREAS:
                problems["basis"] = ["This area has a developmental age, so it is measured."]
            if data.get("form") == "developmental_age_months":
                problems["form"] = ["A judgement is given in percent or in months."]
        if data.get("form") == "percent" and (data.get("amount") or Decimal(0)) > 100:
            problems["amount"] = ["A delay is at most 100 percent."]
        if problems:
            raise ValidationError(problems)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> DelayFound:
        """The command."""
        form, amount = data.pop("form"), data.pop("amount")
        return DelayFound(**data, **{form: amount})


class FactsSchema(FormSchema):
    """Other facts of a request. `shown` names the questions that the route's page asks; the rest stays as it is."""

    version = fields.Integer(required=True)
    agreement_parent = YesNo()
    agreed_by = Text()
    agreed_relationship = Text()
    agreed_on = Day()
    agreed_how = Text()
    home_based = YesNo()
    lives_in_area = YesNo()
    significant_need = YesNo()
    conditions = Text(longest=2000)
    setting_hours = Number()
    reception_ends_on = Day()
    evidence = Ticks(*sorted(EVIDENCE_KEYS))
    early_help_reference = Text()
    early_help_discussed_on = Day()

    def __init__(self, shown: frozenset[str], own: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.shown, self.own = shown, own or {}

    @classmethod
    def asking(cls, shown: frozenset[str], own: tuple[ExtraFact, ...]) -> "FactsSchema":
        """The form that also asks for the facts that this council's policy alone reads."""
        asked: dict[str, fields.Field[Any]] = {
            field_name(fact): YesNo() if fact.kind == "yes-no" else Number() for fact in own
        }
        schema = cast(type[FactsSchema], cls.from_dict(asked, name="FactsOfPolicySchema"))
        return schema(shown, {field_name(fact): fact.path for fact in own})

    @validates_schema(skip_on_field_errors=False)
    def agreement_is_whole(self, data: Mapping[str, Any], **_: Any) -> None:
        """An agreement says who gave it, who that is to the child, when and how."""
        if data.get("agreement_parent") is not True or "agreement_parent" not in self.shown:
            return
        asked = {
            "agreed_by": "Enter who agreed.",
            "agreed_relationship": "Enter who that is to the child.",
            "agreed_on": "Enter the day on which they agreed.",
            "agreed_how": "Enter how they agreed, such as on the form or by telephone.",
        }
        if problems := {name: [sentence] for name, sentence in asked.items() if not data.get(name)}:
            raise ValidationError(problems)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> FactsFound:
        """The command: facts by their path, and columns of the request."""
        version = data.pop("version")
        changed = {FACT_OF[name]: _as_fact(data[name]) for name in FACT_OF if name in self.shown and name in data}
        changed |= {path: _as_fact(data[name]) for name, path in self.own.items() if name in data}
        if "child.conditions" in changed:
            changed["child.conditions"] = [
                line.strip() for line in (data["conditions"] or "").splitlines() if line.strip()
            ]
        columns = {name: data[name] for name in COLUMNS if name in self.shown and name in data}
        if data.get("agreement_parent") is not True and "agreement_parent" in self.shown:
            columns |= dict.fromkeys(AGREED)
        return FactsFound(version, changed, columns)


FACT_OF = {
    "agreement_parent": "agreement.parent",
    "home_based": "agreement.home_based",
    "lives_in_area": "child.lives_in_area",
    "significant_need": "child.significant_need",
    "conditions": "child.conditions",
    "setting_hours": "child.setting_hours",
    "reception_ends_on": "child.reception_ends_on",
    "evidence": "evidence",
}
AGREED = ("agreed_by", "agreed_relationship", "agreed_on", "agreed_how")
COLUMNS = (*AGREED, "early_help_reference", "early_help_discussed_on")


def _as_fact(value: Any) -> Any:
    """A value as the facts' JSON holds it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
