"""The worked answers of the contract, line by line."""

import json
from pathlib import Path
from typing import Any

import pytest

from support.policies import answer

LINES = [
    json.loads(line)
    for line in Path(__file__).with_name("determinations.jsonl").read_text(encoding="utf-8").splitlines()
]


def test_the_contract_has_sixty_worked_answers() -> None:
    assert len(LINES) == 60


@pytest.mark.parametrize("line", LINES, ids=[f"{number}-{line['tenant']}" for number, line in enumerate(LINES, 1)])
def test_each_worked_answer_of_the_contract_is_given(line: dict[str, Any]) -> None:
    told = answer(line["tenant"], line["facts"])
    given = {
        **{key: told[key] for key in ("outcome", "missing", "ages_out_on", "offers", "support")},
        "findings": [[finding["rule"], finding["met"]] for finding in told["findings"]],
        "edition": told["edition"]["effective_from"],
    }
    assert given == line["expect"]
    assert told["tenant"] == line["tenant"]
