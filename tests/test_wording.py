"""Sentences as people read them."""

from __future__ import annotations

import pytest

from kefu_admin import wording
from kefu_admin.definitions.label import Label
from kefu_admin.problems import TooMany


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (45, "操作太频繁，请 45 秒后再试。", "Too often; please try again in 45 seconds."),
        (120, "操作太频繁，请 120 秒后再试。", "Too often; please try again in 120 seconds."),
        (
            3541,
            "次数已用完，请约 60 分钟后再试。",
            "The limit is reached; please try again in about 60 minutes.",
        ),
    ],
)
def test_a_long_wait_is_told_in_minutes(seconds: int, zh: str, en: str) -> None:
    refusal = TooMany(limit=60, per=3600, retry_after=seconds)

    assert (wording.refusal(refusal, "zh"), wording.refusal(refusal, "en")) == (zh, en)
    assert refusal.code == "too_many"


@pytest.mark.parametrize(
    ("label", "within"),
    [
        (Label("回访记录", "Return visit"), "return visit"),
        (Label("邮件", "E-mail"), "e-mail"),
        (Label("证件", "ID number"), "ID number"),
        (Label("甲类", "A class"), "A class"),
        (Label("客户"), "客户"),
    ],
)
def test_a_label_within_an_english_sentence_begins_small(label: Label, within: str) -> None:
    assert (label.within("en"), label.within("zh")) == (within, label.zh)
