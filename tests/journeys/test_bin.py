"""What was deleted: found again, brought back, refused with a reason, erased by whom may."""

from __future__ import annotations

from tests.journeys.conftest import Person
from tests.journeys.test_desk import ACME, customer

CONTACTS = [{"name": "赵六", "phone": "13900001234"}, {"name": "孙七"}]


def deletes(person: Person, id: int) -> None:
    """A record from its page."""
    person.goes(f"/records/customer/{id}/delete")
    person.page.locator("main form button.danger").click()
    person.page.wait_for_url("**/records/customer/*")


def test_a_deleted_customer_is_found_in_the_bin_and_brought_back(person: Person) -> None:
    id = customer(person, contacts=CONTACTS)
    page = person.page
    person.signs_in("supervisor")
    deletes(person, id)
    person.goes("/bin/")
    page.fill("[name='term']", "朝阳")
    page.keyboard.press("Enter")
    page.wait_for_url("**/bin/?q=*")
    assert "朝阳" not in page.url
    page.get_by_role("link", name=ACME["name"]).click()

    person.reads("一起恢复的明细")
    person.reads("孙七")
    page.get_by_role("button", name="恢复").click()

    page.wait_for_url(f"**/records/customer/{id}*")
    person.reads("赵六")


def test_what_was_taken_meanwhile_is_said_and_typed_anew(person: Person) -> None:
    id = customer(person)
    page = person.page
    person.signs_in("supervisor")
    deletes(person, id)
    customer(person)
    person.goes(f"/bin/customer/{id}")
    page.get_by_role("button", name="恢复").click()

    person.reads("没有完成，请看下面的说明")
    page.fill("[name='f.name']", "朝阳电梯（旧）")
    page.get_by_role("button", name="恢复").click()

    page.wait_for_url(f"**/records/customer/{id}*")
    person.reads("朝阳电梯（旧）")


def test_it_is_erased_for_a_reason_by_who_may(person: Person) -> None:
    id = customer(person)
    page = person.page
    person.signs_in("supervisor")
    deletes(person, id)
    person.goes(f"/bin/customer/{id}")
    page.fill("#reason", "客户要求")
    page.get_by_role("button", name="彻底清除").click()

    page.wait_for_url("**/bin/*")
    assert page.get_by_role("link", name=ACME["name"]).count() == 0
    person.goes(f"/bin/customer/{id}")
    person.reads("没有找到")


def test_a_clerk_meets_no_bin(person: Person) -> None:
    id = customer(person)
    person.signs_in("clerk")

    assert person.page.locator("a[href$='/bin/']").count() == 0
    person.goes(f"/bin/customer/{id}")
    person.reads("您没有权限")


def test_the_bin_fits_a_narrow_screen(person_with_a_phone: Person) -> None:
    person, page = person_with_a_phone, person_with_a_phone.page
    id = customer(person, contacts=CONTACTS)
    person.signs_in("supervisor")
    deletes(person, id)

    for path in ("/bin/", f"/bin/customer/{id}"):
        person.goes(path)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, path
