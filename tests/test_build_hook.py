"""The build hook's promises that need no network: locked by hash, no registry, found fresh."""

from __future__ import annotations

import importlib.util
import json
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_front_end_package_is_locked_by_hash():
    lock = json.loads((ROOT / "frontend/package-lock.json").read_text("utf-8"))

    packages = {name: entry for name, entry in lock["packages"].items() if name}

    assert packages
    assert [name for name, entry in packages.items() if "integrity" not in entry] == []


def test_the_lock_names_no_registry():
    text = (ROOT / "frontend/package-lock.json").read_text("utf-8")

    assert '"resolved"' not in text
    assert "http" not in text


def test_what_only_tests_use_is_never_shipped(hook):
    wanted = tomllib.loads((ROOT / "frontend/assets.toml").read_text("utf-8"))
    lock = json.loads((ROOT / "frontend/package-lock.json").read_text("utf-8"))["packages"]

    dev = {name.removeprefix("node_modules/") for name in lock if lock[name].get("dev")}
    assert {source.split("/")[0] for source in wanted["checks"].values()} == dev
    assert not [source for source in wanted["files"].values() if source.split("/")[0] in dev]
    assert "kefu_admin" not in hook._checks(ROOT).relative_to(ROOT).parts


def test_a_changed_input_makes_the_files_stale(hook, tmp_path):
    for name in ("package.json", "package-lock.json", "assets.toml"):
        target = tmp_path / "frontend" / name
        target.parent.mkdir(exist_ok=True)
        target.write_bytes((ROOT / "frontend" / name).read_bytes())
    regions = tmp_path / "kefu_admin/definitions/regions.py"
    regions.parent.mkdir(parents=True)
    regions.write_text("", "utf-8")
    (tmp_path / "hatch_build.py").write_bytes((ROOT / "hatch_build.py").read_bytes())
    before = hook.stamp_of(tmp_path)

    lock = tmp_path / "frontend/package-lock.json"
    lock.write_text(lock.read_text("utf-8") + "\n", "utf-8")

    assert hook.stamp_of(tmp_path) != before
    assert not hook.is_fresh(tmp_path)


def test_skipping_leaves_the_files_alone(hook, monkeypatch):
    monkeypatch.setenv("KEFU_SKIP_ASSETS", "1")

    assert hook.is_skipped()


def test_icons_named_in_templates_are_found(hook):
    assert hook.ICON.findall("""{{ icon("users") }} <use href="x#tabler-home"> icon: truck""") == [
        "users",
        "home",
        "truck",
    ]
