"""Whether the oracle lets somebody send one of the asks that change something."""

from __future__ import annotations

from typing import Any

from tests.walk.asks import BULK, FREE, MERGED, Ask, masked_field, new_values, partner
from tests.walk.ground import WALKERS, World
from tests.walk.oracle import Facts, Person

PERMISSIONS = {
    "/users/": "users", "/departments/": "users", "/tokens/": "tokens", "/numbers/": "numbers",
    "/audit/": "audit", "/messages/": "jobs", "/api/v1/deliveries": "jobs",
    "/values/": "values", "/api/v1/values": "values",
    "/calendar/<calendar>/announce": "values",
}  # fmt: skip
FOR_ALL = {
    "/account/appearance", "/account/password", "/api/v1/search", "/bin/find", "/jobs/find",
    "/regions", "/search/ask", "/search/hits",
}  # fmt: skip
PUBLIC = {"/language", "/sign-in", "/sign-out"}


def allowed(world: World, who: str, ask: Ask) -> bool:
    """True where it should work, or do no harm (looking something up in one's own rows)."""
    person = WALKERS[who]
    if ask.rule in PUBLIC:
        return True
    if who == "anonymous" or (who == "token" and not ask.rule.startswith("/api/")):
        return False
    for start, permission in PERMISSIONS.items():
        if ask.rule.startswith(start):
            if ask.rule.endswith("/revoke"):
                return who == "founder" or world.oracle.may(person, "users")
            return world.oracle.may(person, permission)
    if ask.rule.startswith(("/jobs/<", "/api/v1/jobs/")):
        return who == "founder" or world.oracle.may(person, "jobs")
    if ask.rule.startswith(("/api/v1/views", "/records/{type}/views/")):
        return _on_views(world, who, person, ask)
    if ask.rule in FOR_ALL:
        return True
    if ask.rule == "/api/v1/bin/query":
        return any({"restore", "purge"} & g["actions"] for _, g in world.oracle._grants(person))
    return _on_records(world, who, person, ask)


def _on_views(world: World, who: str, person: Person, ask: Ask) -> bool:
    """Keeping views: one's own by all who have the type, shared ones by who may share."""
    if (
        who == "token"
        or ask.type not in ("", "customer")
        or not any(g["type"] == "customer" for _, g in world.oracle._grants(person))
    ):
        return False
    keeper = world.oracle.may(person, "views")
    if ask.json is not None and ask.method == "POST":
        return keeper or ask.json["shared"] == "own"
    own, shared = (ask.path.endswith(f"/{id}") for id in world.ground.views)
    return (own and who == "founder") or (shared and keeper)


def _on_records(world: World, who: str, person: Person, ask: Ask) -> bool:
    oracle = world.oracle
    if ask.rule.startswith("/imports/of/") or ask.rule in (
        "/api/v1/imports",
        "/api/v1/imports/<type_id>/template",
    ):
        may = [g["actions"] for _, g in oracle._grants(person) if g["type"] == ask.type]
        return {"import", "create"} <= set().union(*may)
    if ask.rule.startswith(("/imports/", "/api/v1/imports/")):
        return who == "founder"
    if "/bulk" in ask.rule or "/batches/" in ask.rule:
        if not ask.row:
            return who == "founder"
        actions = oracle.actions(person, ask.row)
        offered = ask.rule == "/api/v1/bulk" or ask.type in BULK
        return offered and {"bulk", "update"} <= actions
    if ask.rule.endswith("/export"):
        return any(
            g["type"] == ask.type
            and "export" in g["actions"]
            and any("export" in right for right in g["fields"].values())
            for _, g in oracle._grants(person)
        )
    if "/merges/" in ask.rule:
        return False  # nobody has merged anything
    if ask.rule.endswith(("/merge", "/merge/find")):
        both = [oracle.actions(person, key) for key in (ask.row, partner(world, ask.type, ask.row))]
        if ask.rule.endswith("/find"):
            both = both[:1]
        return ask.type in MERGED and all({"merge", "update"} <= actions for actions in both)
    if ask.row:
        actions = oracle.actions(person, ask.row)
        if "/bin/" in ask.rule:
            return ask.rule.rpartition("/")[2] in actions
        if ask.rule.endswith("/print"):
            return "export" in actions
        if ask.rule.endswith("/draft"):
            return "update" in actions
        if ask.rule.endswith("/unmask"):
            sees = oracle.sees(person, ask.row, masked_field(ask.type))
            return "unmask" in actions and sees == "masked"
        if ask.rule.endswith(("/revert", "/history/restore")):
            return "history" in actions and FREE[ask.type] in oracle.edits(person, ask.row)
        if ask.rule.endswith("/delete") or ask.method == "DELETE":
            return "delete" in actions
        return FREE[ask.type] in oracle.edits(person, ask.row)
    grants = [g for _, g in oracle._grants(person) if g["type"] == ask.type]
    if ask.rule.endswith("/files"):
        has_files = "files" in oracle.types[ask.type]["fields"]
        return has_files and any(
            {"create", "update"} & g["actions"] and "edit" in g["fields"].get("*", ())
            for g in grants
        )
    if ask.method == "POST" and (ask.rule.endswith("/new") or ask.rule.endswith("<type_id>")):
        return creates(world, person, ask.type)
    return bool(grants)


def creates(world: World, person: Person, type: str) -> bool:
    """Whether the row `new_values` describes may be created, with the rows it owns."""
    ground, sent = world.ground, new_values(world.ground, type)
    values: dict[str, Any] = {"department": "one", "owner": "amy", "secrecy": "internal"}
    row: Facts = {"type": type, "values": values, "children": {}}
    for name, value in sent.items():
        one = world.oracle.types[type]["fields"][name]
        if one["type"] == "reference":
            keys = [k for k in ground.keys(one["to"]) if ground.ids[k] == value]
            if not keys or not world.oracle.actions(person, keys[0]):
                return False
            if name == world.oracle.types[type].get("owned_by"):
                row["parent"] = keys[0]
    fields = set(sent) - {world.oracle.types[type].get("owned_by")}
    return world.oracle.creates(person, row, fields)
