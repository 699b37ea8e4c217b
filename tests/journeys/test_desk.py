"""Stories of people at the desk, in a real browser under the real content policy."""

from __future__ import annotations

from tests.journeys.conftest import PASSWORD, Person

ACME = {"name": "朝阳电梯有限公司", "kind": "company", "phone": "13800005678"}


def customer(person: Person, **more: object) -> int:
    """朝阳电梯有限公司 of the first department."""
    served = person.live.served
    sent = {**ACME, "department": served.departments["一部"], **more}
    made = served.as_("supervisor").post("/api/v1/customer", json=sent)
    return int(made.json["data"]["id"])


def test_a_clerk_signs_in_creates_a_customer_with_contacts_and_finds_him_again(
    person: Person,
) -> None:
    page = person.page
    person.signs_in("clerk")
    page.get_by_role("link", name="全部客户").first.click()
    page.get_by_role("link", name="新建客户").first.click()

    page.get_by_text("单位", exact=True).click()
    page.fill("[name='f.name']", ACME["name"])
    page.get_by_role("button", name="增加一行").click()
    page.locator("[data-row] input[name$='.name']").first.fill("赵六")
    page.get_by_role("button", name="增加一行").click()
    page.locator("[data-row] input[name$='.name']").nth(1).fill("孙七")
    page.get_by_role("button", name="保存").last.click()

    person.reads("新记录已建立")
    person.reads("孙七")
    person.goes("/records/customer/")
    page.fill("[data-search]", "电梯")
    page.keyboard.press("Enter")
    person.reads("共 1 条")
    assert "电梯" not in page.url
    page.get_by_text(ACME["name"]).click()
    person.reads("修改历史")


def test_conditions_are_followed_while_typing(person: Person) -> None:
    page = person.page
    person.signs_in("supervisor")
    person.goes("/records/customer/new")
    id_number = page.locator("[data-field='f.id_number']")
    star = page.locator("[data-field='f.phone'] .must")
    assert id_number.is_visible()
    assert star.is_visible()

    page.get_by_text("单位", exact=True).click()

    id_number.wait_for(state="hidden")
    assert not star.is_visible()


def test_history_shows_what_was_changed(person: Person) -> None:
    id = customer(person)
    page = person.page
    person.signs_in("clerk")
    person.goes(f"/records/customer/{id}/edit")
    page.select_option("[name='f.level']", "a")
    page.get_by_role("button", name="保存").last.click()

    person.reads("已保存")
    assert page.locator("#history ins").first.inner_text() == "A类"


def test_a_record_is_picked_by_two_characters(person: Person) -> None:
    customer(person)
    page = person.page
    person.signs_in("clerk")
    person.goes("/records/visit/new")

    page.locator("[data-field='f.customer'] .ts-control").click()
    page.keyboard.type("电梯")
    page.locator(".ts-dropdown .option", has_text=ACME["name"]).click()
    page.get_by_role("button", name="保存").last.click()

    person.reads("新记录已建立")
    person.reads(ACME["name"])


def test_a_masked_phone_is_uncovered_in_place_for_a_reason(person: Person) -> None:
    id = customer(person)
    page = person.page
    person.signs_in("clerk")
    person.goes(f"/records/customer/{id}")
    person.reads("138****5678")

    page.locator("#v-phone summary").click()
    page.fill("#why-phone", "客户要求回电")
    page.locator("#v-phone button").click()

    person.reads("13800005678")
    assert page.url.endswith(f"/records/customer/{id}")


def test_another_departments_clerk_is_refused(person: Person) -> None:
    id = customer(person)
    person.signs_in("other_clerk")

    person.goes(f"/records/customer/{id}")

    person.reads("没有找到，或者您无权查看")


def test_somebody_switches_to_english_and_back(person: Person) -> None:
    page = person.page
    person.signs_in("clerk")
    page.get_by_role("button", name="English").click()
    page.get_by_role("button", name="中文").wait_for()
    person.goes("/records/customer/")
    person.reads("All customers")

    page.get_by_role("button", name="中文").click()

    person.reads("全部客户")


def test_the_next_page_comes_without_loading_the_whole(person: Person) -> None:
    boss = person.live.served.as_("supervisor")
    for number in range(55):
        boss.post("/api/v1/customer", json={"name": f"单位{number:03}", "kind": "company"})
    page = person.page
    person.signs_in("supervisor")
    person.goes("/records/customer/?s=name")
    page.evaluate("document.body.dataset.kept = 'yes'")

    page.locator("#list .pager a", has_text="下一页").first.click()

    person.reads("单位054")
    assert page.locator("body[data-kept]").count() == 1
    assert "a=" in page.url


def test_a_list_whose_session_has_ended_leads_to_the_sign_in(person: Person) -> None:
    boss = person.live.served.as_("supervisor")
    for number in range(55):
        boss.post("/api/v1/customer", json={"name": f"单位{number:03}", "kind": "company"})
    page = person.page
    person.signs_in("supervisor")
    person.goes("/records/customer/?s=name")
    page.context.clear_cookies()

    page.locator("#list .pager a", has_text="下一页").first.click()

    page.locator("#login").wait_for()


def test_uncovering_too_short_a_reason_says_why(person: Person) -> None:
    id = customer(person)
    page = person.page
    person.signs_in("clerk")
    person.goes(f"/records/customer/{id}")

    page.locator("#v-phone summary").click()
    page.fill("#why-phone", "  a")
    page.locator("#v-phone button").click()

    page.locator("[role=alert]").wait_for()
    assert page.get_by_text("13800005678").count() == 0


def test_leaving_typed_words_that_no_draft_keeps_asks_first(person: Person) -> None:
    page = person.page
    person.signs_in("supervisor")
    page.route("**/draft", lambda route: route.abort())
    person.goes("/records/customer/new")
    page.fill("[name='f.name']", "一半")
    page.get_by_text("草稿没有存上").wait_for()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))

    page.get_by_role("link", name="取消").click()
    page.wait_for_url("**/records/customer/")

    assert asked == ["beforeunload"]


def test_everything_works_without_scripts(person_without_scripts: Person) -> None:
    person = person_without_scripts
    page = person.page
    person.signs_in("supervisor", PASSWORD)
    person.goes("/records/customer/new")
    page.get_by_role("button", name="增加一行").click()
    page.fill("[name='f.name']", ACME["name"])
    page.get_by_text("单位", exact=True).click()
    page.fill("[name='f.contacts.0.name']", "赵六")
    page.get_by_role("button", name="保存").last.click()

    person.reads("新记录已建立")
    person.reads("赵六")
    page.get_by_role("link", name="删除").click()
    page.get_by_role("button", name="确认删除").click()
    person.reads("已删除")


def test_the_menu_opens_on_a_phone_and_nothing_is_wider_than_the_screen(
    person_with_a_phone: Person,
) -> None:
    person = person_with_a_phone
    id = customer(person)
    page = person.page
    person.signs_in("supervisor")
    for path in (
        "/",
        "/records/customer/",
        f"/records/customer/{id}",
        f"/records/customer/{id}/edit",
    ):
        person.goes(path)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, path

    page.locator(".nav-button").click()

    page.get_by_role("link", name="回访记录").wait_for()


def test_ctrl_k_finds_a_customer_by_initials_without_the_mouse(person: Person) -> None:
    id = customer(person)
    page = person.page
    person.signs_in("clerk")
    page.locator("html.scripted").wait_for(state="attached")
    page.keyboard.press("Control+k")
    page.keyboard.type("cydt")
    page.locator("[data-everywhere-hits] mark", has_text="朝阳电梯").wait_for()

    page.keyboard.press("Escape")
    page.locator("[data-everywhere-hits]").wait_for(state="hidden")
    page.keyboard.type("朝阳")
    page.locator("[data-everywhere-hits] mark", has_text="朝阳").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    page.wait_for_url(f"**/records/customer/{id}")
    assert "朝阳" not in page.url
