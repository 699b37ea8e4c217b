"""Two customers that are the same: named while one types, merged, taken back."""

from __future__ import annotations

from tests.journeys.conftest import Person
from tests.journeys.test_desk import ACME, customer


def test_a_supervisor_merges_two_ticked_customers_and_takes_it_back(person: Person) -> None:
    kept = customer(person)
    gone = customer(person, name="朝阳电梯", phone=None, level="a")
    page = person.page
    person.signs_in("supervisor")
    person.goes("/records/customer/")
    page.locator(f"[data-tick][value='{kept}']").check()
    page.locator(f"[data-tick][value='{gone}']").check()

    page.get_by_role("button", name="合并两条").click()
    page.locator(f"[name='keep'][value='{'a' if f'/{kept}/' in page.url else 'b'}']").check()
    page.get_by_role("button", name="合并", exact=True).click()

    person.reads("引用都转到了保留的那条")
    person.goes(f"/records/customer/{gone}")
    person.reads("已并入这一条")
    page.locator("#merges a").click()
    page.get_by_role("button", name="撤销合并").click()
    person.reads("已撤销合并")
    person.goes(f"/records/customer/{gone}")
    person.reads("朝阳电梯")


def test_who_may_be_there_already_is_named_while_typing(person: Person) -> None:
    customer(person)
    page = person.page
    person.signs_in("clerk")
    person.goes("/records/customer/new")

    page.fill("[name='f.name']", "朝阳电梯股份有限公司")

    person.reads("可能已有")
    link = page.locator(".alike a")
    assert link.inner_text() == ACME["name"]
    assert "138****5678" in page.locator(".alike").first.inner_text()
    page.fill("[name='f.name']", "别的名字")
    link.wait_for(state="detached")


def test_merging_needs_no_script(person_without_scripts: Person) -> None:
    person, page = person_without_scripts, person_without_scripts.page
    kept, gone = customer(person), customer(person, name="朝阳", phone=None)
    person.signs_in("supervisor")
    person.goes(f"/records/customer/{kept}/merge")

    page.fill("[name='term']", "朝阳")
    page.get_by_role("button", name="查找", exact=True).click()
    page.locator(f"[name='with'][value='{gone}']").check()
    page.get_by_role("button", name="比较这两条").click()
    page.get_by_role("button", name="合并", exact=True).click()

    person.reads("引用都转到了保留的那条")
