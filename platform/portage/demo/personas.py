"""Invented people who sign in at the demo's provider: one for each rule by which a council's groups give a role."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

FIRST_NAMES = (
    "Amara", "Bethan", "Callum", "Deepa", "Ewan", "Farida", "Gareth", "Hana", "Imogen", "Jamal", "Kirsty", "Leroy",
    "Maryam", "Niamh", "Oluwaseun", "Priya", "Rhodri", "Samina", "Tomasz", "Ursula", "Vivek", "Winston", "Xanthe",
    "Yusuf", "Zofia", "Adaeze", "Bronwen", "Cerys", "Dilip", "Eilidh",
)  # fmt: skip
LAST_NAMES = (
    "Ackersley", "Birtwhistle", "Choudhury", "Dunmore", "Eastwell", "Fothergill", "Greenhalgh", "Hawksby", "Ibekwe",
    "Jessop", "Kowalczyk", "Longbottom", "Mistry", "Nettleship", "Oyelaran", "Pemberley", "Quarmby", "Rashid",
    "Sowerby", "Thistlewood", "Umney", "Varghese", "Wolstencroft", "Yarwood",
)  # fmt: skip
TO_TRY = {
    "tenant-administrator": "people and roles, the policy in force and its history",
    "service-manager": "the worklist: read the findings, decide in your own words, offer, allocate",
    "team-administrator": "enter a request that came on paper, book an assessment, send letters",
    "panel-chair": "the panel's agenda, and record a decision, where the council has a panel",
    "panel-member": "read the panel's agenda, where the council has a panel",
    "home-visitor": "today's visits, record one, write a play plan",
    "volunteer": "the family you visit, and the short visit form, where the council has volunteers",
    "auditor": "the trail of who read and changed what, verified",
    "operator": "councils, plugin versions and the health of the service; no families",
}
OPERATORS = "operators"
OPERATORS_CLIENT = "portage-operators"
OPERATORS_SECRET = "operator-client"  # noqa: S105  where the secret is, not what it is


@dataclass(frozen=True, slots=True)
class Persona:
    """An invented person: `sub` is the same in every run, so that invented families keep their visitor."""

    sub: str
    name: str
    role: str
    group: str
    area: str | None = None

    @property
    def title(self) -> str:
        """The role in words."""
        words = self.role.replace("-", " ").capitalize()
        return f"{words}, {self.area} area" if self.area else words

    @property
    def to_try(self) -> str:
        """What this person might do first."""
        return TO_TRY.get(self.role, "look around")

    def as_told(self) -> dict[str, object]:
        """The entry in the provider's settings."""
        address = self.name.lower().replace(" ", ".")
        told = {"sub": self.sub, "name": self.name, "role": self.title, "try": self.to_try}
        return {**told, "email": f"{address}@people.example", "groups": [self.group]}


def persona(council: str, role: str, group: str, area: str | None = None) -> Persona:
    """The one person of this council in this role (and area team); the name follows from these words alone."""
    drawn = hashlib.sha256(f"{council} {role} {area}".encode()).digest()
    name = f"{FIRST_NAMES[drawn[0] % len(FIRST_NAMES)]} {LAST_NAMES[drawn[1] % len(LAST_NAMES)]}"
    return Persona(f"{role}-{area}" if area else role, name, role, group, area)


def personas(council: str, group_rules: Sequence[dict[str, str]]) -> list[Persona]:
    """One person for each rule of the council's provider (`value`, `role` and perhaps `area`)."""
    return [persona(council, rule["role"], rule["value"], rule.get("area")) for rule in group_rules]


def operator() -> Persona:
    """The one operator of the demo."""
    return persona(OPERATORS, "operator", "platform-operators")
