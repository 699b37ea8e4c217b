"""Whatever is done to a config, loading it answers with problems in words, never with a crash."""

from __future__ import annotations

import random
import re
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kefu_admin import wording
from kefu_admin.definitions import load
from kefu_admin.problems import ConfigError
from tests.conftest import PROJECTS

JUNK = [
    "", "x", "[]", "{}", "[a]", "{a: b}", "true", "-1", "9999999999999999999", "$me", "$$", "\t",
    '"', "'", "[", "}", "- ", ": ", "#", "&a", "*a", "!t", "null", "名", "customer", "contact",
    "id", "name", "fields", "type", "children", "computed", "rollup", "reference", "number",
    "when",    "{when: {level: a}}", "{any: [{name: x}]}", "sum", "latest", "hide", "masked", "*",
    "secrecy_levels", "{formula: credit * 2, gt: 1}", "{contacts: {count: {ge: 1}}}", "contacts",
    "owned_by: customer",
]  # fmt: skip


def spoil(text: str, chance: random.Random) -> str:
    """One to three random edits of words, characters or lines."""
    for _ in range(chance.randint(1, 3)):
        lines = text.split("\n")
        row = chance.randrange(len(lines))
        match chance.randrange(6):
            case 0:
                del lines[row]
            case 1:
                lines.insert(row, lines[chance.randrange(len(lines))])
            case 2:
                lines.insert(row, chance.choice(JUNK))
            case 3:
                words = lines[row].split(" ")
                words[chance.randrange(len(words))] = chance.choice(JUNK)
                lines[row] = " ".join(words)
            case 4:
                at = chance.randrange(len(lines[row]) + 1)
                lines[row] = lines[row][:at] + chance.choice(JUNK) + lines[row][at + 1 :]
            case _:
                other = chance.randrange(len(lines))
                lines[row], lines[other] = lines[other], lines[row]
        text = "\n".join(lines)
    return text


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(project=st.sampled_from(["minimal", "small"]), seed=st.integers(0, 2**32))
def test_a_spoiled_config_loads_or_says_why_not(project: str, seed: int) -> None:
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as made:
        directory = Path(made) / "config"
        shutil.copytree(PROJECTS / project, directory)
        files = sorted(directory.rglob("*.yaml"))
        for path in chance.sample(files, 2):
            path.write_text(spoil(path.read_text("utf-8"), chance), "utf-8")
        try:
            load(directory)
        except ConfigError as error:
            for problem in error.problems:
                wanted = re.findall(r"\{([a-z_]+)\}", wording.sentences()[problem.code])
                assert set(wanted) <= dict(problem.facts).keys()
                assert problem.place.line > 0
