"""What a start of the demonstration does with the data of an earlier one."""

import shutil
from pathlib import Path

import pytest
from flask import Flask

from portage.demo import prepare
from support import councils


def test_data_of_an_earlier_start_whose_policy_reads_otherwise_now_are_kept_and_the_way_out_is_said(
    app: Flask, tmp_path: Path
) -> None:
    folder = tmp_path / "lancashire"
    shutil.copytree(councils.SHIPPED / "lancashire", folder)
    policy = folder / "policy.toml"
    text = policy.read_text(encoding="utf-8")
    policy.write_text(text.replace('visitor_title = "', 'visitor_title = "Senior ', 1), encoding="utf-8")
    with app.app_context(), pytest.raises(SystemExit, match=r"make demo FRESH=1.*already published"):
        prepare._load(folder)
