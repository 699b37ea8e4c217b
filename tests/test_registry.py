"""Extensions: collected from installed packages, never two under one name."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest

from kefu_admin import wording
from kefu_admin.registry import GROUP, BadExtension, Extension, collect


def always(*_: object) -> bool:
    return True


@pytest.fixture
def packages() -> list[EntryPoint]:
    """Two invented packages, each with an entry point."""
    first, second = ModuleType("kefu_test_first"), ModuleType("kefu_test_second")
    first.extension = Extension(guards={"office_hours": always})
    second.extension = lambda: Extension(guards={"weekend": always}, notifiers={"sms": always})
    second.twice = Extension(guards={"office_hours": always})
    second.odd = "nothing of ours"
    for module in (first, second):
        sys.modules[module.__name__] = module
    return [
        EntryPoint("a", "kefu_test_first:extension", GROUP),
        EntryPoint("b", "kefu_test_second:extension", GROUP),
    ]


def test_extensions_of_several_packages_become_one(packages: list[EntryPoint]) -> None:
    found = collect(packages)

    assert sorted(found.guards) == ["office_hours", "weekend"]
    assert sorted(found.notifiers) == ["sms"]


def test_one_name_from_two_packages_is_refused_naming_both(packages: list[EntryPoint]) -> None:
    with pytest.raises(BadExtension) as refused:
        collect([*packages, EntryPoint("c", "kefu_test_second:twice", GROUP)])

    assert wording.sentence(refused.value.code, "zh", **refused.value.facts) == (
        "扩展包 kefu_test_first 和 kefu_test_second 都提供了 guards 中的“office_hours”。"
        "请卸载其中一个。"
    )


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("kefu_test_second:odd", "extension_odd"),
        ("kefu_test_second:nowhere", "extension_broken"),
        ("kefu_test_missing:extension", "extension_broken"),
    ],
)
def test_an_extension_that_cannot_be_used_is_named(
    packages: list[EntryPoint], value: str, code: str
) -> None:
    with pytest.raises(BadExtension) as refused:
        collect([*packages, EntryPoint("bad", value, GROUP)])

    assert (refused.value.code, refused.value.facts["name"]) == (code, "bad")
