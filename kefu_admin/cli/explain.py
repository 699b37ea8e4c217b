"""`kefu explain USER TYPE ID [FIELD]`: which rule decides what a person sees;
`kefu explain config PART`: which layer said what in a part of the config."""

from __future__ import annotations

import argparse

from kefu_admin import clock, wording
from kefu_admin.cli.output import DONE, FAULTY, WRONG, Output
from kefu_admin.definitions import explaining
from kefu_admin.opening import open_desk
from kefu_admin.operations import reading
from kefu_admin.problems import NotFound
from kefu_admin.settings import Settings
from kefu_admin.store import accounts
from kefu_admin.store.readiness import assert_ready

CONFIG = "config"


def add_arguments(parser: argparse.ArgumentParser, output: Output) -> None:
    """Who, what, and which field of it; or a part of the config."""
    parser.add_argument("login", help=output.text("账号；写 config 则说明配置的来历"))
    parser.add_argument(
        "type", help=output.text("类型；或配置的一部分，如 types.customer.fields.phone")
    )
    parser.add_argument("id", type=int, nargs="?", help=output.text("记录的 id"))
    parser.add_argument("field", nargs="?", default="", help=output.text("字段"))


def run(given: argparse.Namespace, here: Settings, output: Output) -> int:
    """The verdict and every rule that spoke, or the layers that spoke."""
    if given.id is not None:
        return _record(given, here, output)
    if given.login == CONFIG:
        return _config(given.type, here, output)
    output.warn(
        "请写上记录的 id；要看配置的来历，请写 kefu explain config {part}。", part=given.type
    )
    return WRONG


def _record(given: argparse.Namespace, here: Settings, output: Output) -> int:
    desk = open_desk(here)
    assert_ready(desk.store)
    types = desk.project.types
    if given.type not in types:
        raise explaining.unknown(given.type, list(types))
    if given.field and given.field not in types[given.type].fields:
        raise explaining.unknown(given.field, list(types[given.type].fields))
    with desk.store.connection():
        if accounts.person_by_login(desk.store, given.login) is None:
            output.warn("没有账号“{login}”。", login=given.login)
            return FAULTY
        try:
            found = reading.explain(
                desk, given.login, given.type, given.id, given.field, now=clock.now()
            )
        except NotFound:
            output.warn("没有记录 {type} {id}，或者它在回收站里。", type=given.type, id=given.id)
            return FAULTY
    output.line(wording.sentence(found.verdict, output.locale))
    if found.actions:
        output.say("可以：{actions}", actions=", ".join(sorted(found.actions)))
    for said in found.said:
        mark = output.text("→ 由此决定：") if said.decides else "  "
        output.line(mark + wording.sentence(said.code, output.locale, **said.facts))
    return DONE


def _config(part: str, here: Settings, output: Output) -> int:
    found = explaining.explain(here.config, part)
    for layer in found.layers:
        output.say("层 {name}：{path}", name=layer.name, path=layer.directory)
    output.line()
    rows: list[tuple[str, str, str]] = []
    for value in found.values:
        place = f"{value.place.file}:{value.place.line}"
        rows.append((".".join(value.steps), _short(value.text), place))
        rows += (("", *_below(one, output)) for one in value.replaced)
    for one in found.gone:
        by = f"{one.above.place.file}:{one.above.place.line}"
        word = output.text("（已删除）") if one.is_removed else output.text("（已替换）")
        rows.append((".".join(one.path), word, by))
        rows.append(("", *_below(one, output)))
    output.table(rows)
    return DONE


def _below(covered: explaining.Covered, output: Output) -> tuple[str, str]:
    place = covered.below.place
    was = output.text("原为 {text}", text=_short(explaining.text(covered.below)))
    return was, f"{place.file}:{place.line}"


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
