"""The shipped desk with its demo data, and a day's work done at it, so that no page is bare."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from kefu_admin import clock, settings
from kefu_admin.actor import Actor, system_actor
from kefu_admin.app import create_app
from kefu_admin.definitions.load import load
from kefu_admin.definitions.project import Project
from kefu_admin.operations import dated, seeding
from kefu_admin.operations.desk import Desk
from kefu_admin.store import deliveries, jobs, sessions
from kefu_admin.store.database import Store
from tests.databases import lay, opened
from tests.faces.desk import Client
from tests.serving import at_an_address

ROOT = Path(__file__).parents[3]
CLERK, BOSS, ADMIN = "zhuanyuan", "zhuguan", "guanliyuan"
KEY = "demo-site-key-00000"
FILE = "名称,类型,电话,来源\n海淀供热有限公司,单位,01062345678,官网\n李雷,个人,13800001111,老客户\n"


@dataclass(kw_only=True)
class Site:
    """A served desk. `ids` says which records the work below was done on."""

    address: str
    desk: Desk
    app: Any
    ids: dict[str, int] = field(default_factory=dict)

    def session(self, login: str) -> tuple[str, str]:
        """A new session of somebody: its cookie and its CSRF token."""
        store = self.desk.store
        with store.connection(), store.transaction():
            user, epoch = store.row(
                'SELECT "id", "auth_epoch" FROM "kefu_user" WHERE "login" = ?', (login,)
            ) or (0, 0)
            begun = sessions.begin(
                store,
                user_id=user,
                auth_epoch=epoch,
                address="127.0.0.1",
                agent="tests",
                now=clock.now(),
            )
        return begun.token, begun.csrf

    def client(self, login: str) -> Client:
        """Somebody's browser without a screen."""
        token, csrf = self.session(login)
        client = self.app.test_client()
        client.set_cookie("kefu_session", token)
        return Client(client, csrf=csrf)

    def context(self, browser: Any, login: str, **options: Any) -> Any:
        """A browser context signed in as somebody; "" is nobody. `locale` "en" reads English."""
        english = options.pop("locale", "zh") == "en"
        context = browser.new_context(locale="en-GB" if english else "zh-CN", **options)
        cookies = {"kefu_session": self.session(login)[0]} if login else {}
        cookies |= {"kefu_locale": "en"} if english else {}
        context.add_cookies(
            [{"name": name, "value": value, "url": self.address} for name, value in cookies.items()]
        )
        return context


@contextmanager
def demo_site(home: Path, *, rows: int = 120) -> Iterator[Site]:
    """The shipped desk in a directory, furnished and served."""
    project = load(ROOT / "config")
    store = opened(f"sqlite:///{home}/store.db", project, home)
    try:
        lay(store)
        _seed(project, store, rows)
        desk = Desk(project, store)
        here = settings.read({}, data=str(home), demo="1")
        app = create_app(here, desk=desk)
        with at_an_address(app) as address:
            site = Site(address=address, desk=desk, app=app)
            _work(site)
            yield site
    finally:
        store.close()


def _seed(project: Project, store: Store, rows: int) -> None:
    now, seeds = clock.now(), seeding.read(ROOT / "seeds")
    with store.connection():
        seeding.departments(store, seeds, now=now)
        for master in seeds.masters:
            seeding.master_rows(store, master, now=now)
        seeding.people(store, seeds, now=now)
        seeding.invent(store, seeds, rows=rows, now=now, told=lambda *_: None)
        dated.bring_up(Desk(project, store), now=now)


def _work(site: Site) -> None:
    boss, admin = site.client(BOSS), site.client(ADMIN)
    new = {"name": "朝阳电梯有限公司", "kind": "company", "phone": "13800005678"}
    contact = {"name": "赵六", "phone": "13900001234"}
    site.ids["customer"] = _made(boss, "/api/v1/customer", {**new, "contacts": [contact]})
    for number, source in enumerate(("第一次核实", "第二次核实"), 1):
        _api(boss, "PATCH", f"/api/v1/customer/{site.ids['customer']}", {"notes": source}, number)
    site.ids["gone"] = _made(boss, "/api/v1/customer", {"name": "西城旧客户", "kind": "company"})
    _api(boss, "DELETE", f"/api/v1/customer/{site.ids['gone']}", None, 1)
    ids = [row["id"] for row in boss.get("/api/v1/customer?limit=8").json["data"]]
    for name, asked in (("planned", ids), ("done", ids[:3])):
        site.ids[name] = _previewed(boss, asked)
    run = boss.get(f"/api/v1/bulk/{site.ids['done']}").json["data"]["selection"]
    _made(boss, f"/api/v1/bulk/{site.ids['done']}/run", {"selection": run})
    sent = {"_csrf": boss.csrf, "key": KEY, "file": (BytesIO(FILE.encode()), "客户.csv")}
    led = boss.post("/imports/of/customer", data=sent).headers["Location"]
    site.ids["import"] = int(led.rsplit("/", 1)[1])
    token = {
        "_csrf": boss.csrf,
        "key": KEY[::-1],
        "name": "报表",
        "scopes": "customer:read",
        "days": "3",
    }
    answer = boss.post("/tokens/new", data=token)
    assert answer.status_code < 400, answer.get_data(as_text=True)
    stop_work(site.desk.store, system_actor("demo"))
    assert admin.get("/jobs/").status_code == 200


def _previewed(client: Client, ids: list[int]) -> int:
    sent = {"action": "verify_customers", "ids": ids}
    return _made(client, "/api/v1/bulk", sent)


def _made(client: Client, path: str, sent: dict[str, Any]) -> int:
    answer = _api(client, "POST", path, sent)
    return int(answer.json["data"]["id"])


def _api(client: Client, method: str, path: str, sent: Any, version: int = 0) -> Any:
    headers = {"X-CSRF-Token": client.csrf} | ({"If-Match": f'"{version}"'} if version else {})
    answer = client.open(method, path, json=sent, headers=headers)
    assert answer.status_code < 300, answer.get_data(as_text=True)
    return answer


def stop_work(store: Store, actor: Actor) -> None:
    """A job and a message, both parked, each number 1."""
    now = clock.now()
    with store.connection():
        wanted = jobs.Wanted(kind="bulk.run", payload_version=1, payload={})
        with store.transaction():
            jobs.ask(store, wanted, actor=actor, now=now)
            job = jobs.claim(store, owner="demo")
            assert job is not None
            jobs.fail(store, job, {"code": "busy"}, final=True)
        with store.transaction():
            deliveries.hand_on(store, {"crm": None}, owner="demo", now=now)
            delivery = deliveries.claim(store)
            if delivery is not None:
                failure = {"code": "receiver_refuses", "status": 500}
                deliveries.failed(store, delivery, failure, final=True)
