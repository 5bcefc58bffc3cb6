"""Users, groups, tokens and periodic tasks in the admin: who may change whom, and what the audit log keeps."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django_celery_beat.models import IntervalSchedule, PeriodicTask, PeriodicTasks

from omnitron.core.models import AuditLog
from omnitron.users.models import ApiToken, User
from tests.admin.browser import fill_in, form_of
from tests.admin.rows import form_for_new, list_of, page_of
from tests.factories.users import PASSWORD, ApiTokenFactory, UserFactory, permission

NEW_PASSWORD = "a longer horse battery"


@pytest.fixture
def manager(db: None) -> User:
    """May add and change users and groups, and is no superuser."""
    return UserFactory(
        username="manager",
        is_staff=True,
        permissions=["users.add_user", "users.change_user", "auth.change_group", "orders.view_order"],
    )


@pytest.fixture
def manager_client(manager: User) -> Client:
    client = Client()
    client.force_login(manager)
    return client


def events() -> list[tuple[str, str]]:
    return list(AuditLog.objects.order_by("pk").values_list("event", "actor__username"))


def trail() -> str:
    return json.dumps(list(AuditLog.objects.values("event", "old", "new")))


def test_a_user_is_added_and_the_audit_log_knows_no_password(admin_client: Client) -> None:
    response = admin_client.post(
        form_for_new(User),
        {
            "username": "grace",
            "password1": NEW_PASSWORD,
            "password2": NEW_PASSWORD,
            "usable_password": "true",
        },
    )

    user = User.objects.get(username="grace")
    assert response.status_code == 302
    assert user.check_password(NEW_PASSWORD)
    assert events() == [("user.created", "ada")]
    assert user.password not in trail()
    assert NEW_PASSWORD not in trail()


def test_a_user_is_changed_with_one_audit_row(admin_client: Client) -> None:
    user = UserFactory(first_name="Grace")
    password = user.password

    assert fill_in(admin_client, page_of(user), first_name="Ada").status_code == 302

    stored = User.objects.get(pk=user.pk)
    assert (stored.first_name, stored.password) == ("Ada", password)
    assert events() == [("user.changed", "ada")]
    assert AuditLog.objects.get().new == {"first_name": "Ada"}


def test_a_new_password_ends_the_users_logins(admin_client: Client) -> None:
    user = UserFactory()
    ApiTokenFactory(user=user)
    address = f"/admin/users/user/{user.pk}/password/"

    response = admin_client.post(
        address, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"}
    )

    assert response.status_code == 302
    assert User.objects.get(pk=user.pk).check_password(NEW_PASSWORD)
    assert ApiToken.objects.get().revoked_date is not None
    assert events() == [("user.password.changed", "ada"), ("user.token.revoked", "ada")]
    assert User.objects.get(pk=user.pk).password not in trail()


def test_a_refused_password_changes_nothing(admin_client: Client) -> None:
    user = UserFactory()
    token = ApiTokenFactory(user=user)

    response = admin_client.post(
        f"/admin/users/user/{user.pk}/password/",
        {"password1": "12345678", "password2": "12345678", "usable_password": "true"},
    )

    assert response.status_code == 200
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)
    assert ApiToken.objects.get(pk=token.pk).revoked_date is None
    assert events() == []


def test_only_a_superuser_changes_a_superuser(manager_client: Client, admin_user: User) -> None:
    password = admin_user.password

    assert manager_client.post(page_of(admin_user), {"first_name": "Mallory"}).status_code == 403
    answer = manager_client.post(
        f"/admin/users/user/{admin_user.pk}/password/",
        {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"},
    )

    stored = User.objects.get(pk=admin_user.pk)
    assert answer.status_code == 403
    assert (stored.first_name, stored.password) == ("", password)


@pytest.mark.parametrize("is_active", [True, False])
@pytest.mark.parametrize(
    ("rights", "status"), [(["orders.view_order"], 302), (["orders.view_order", "orders.change_order"], 403)]
)
def test_nobody_changes_a_user_who_may_do_more(
    rights: list[str], status: int, is_active: bool, manager_client: Client
) -> None:
    user = UserFactory(permissions=rights, is_active=is_active)

    answer = manager_client.post(
        f"/admin/users/user/{user.pk}/password/",
        {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"},
    )

    assert answer.status_code == status
    assert User.objects.get(pk=user.pk).check_password(NEW_PASSWORD) is (status == 302)


def test_only_a_superuser_gives_rights(manager_client: Client, manager: User) -> None:
    group = Group.objects.create(name="Everything")
    forged = form_of(manager_client.get(page_of(manager))) | {
        "first_name": "Mallory",
        "is_superuser": "on",
        "groups": [str(group.pk)],
        "user_permissions": [str(permission("orders.change_order").pk)],
    }

    assert manager_client.post(page_of(manager), forged).status_code == 302

    stored = User.objects.get(pk=manager.pk)
    assert stored.first_name == "Mallory"
    assert (stored.is_superuser, list(stored.groups.all())) == (False, [])
    assert not stored.has_perm("orders.change_order")
    assert manager_client.post(page_of(group), {"name": "Mine"}).status_code == 403


def test_users_are_not_deleted(admin_client: Client) -> None:
    user = UserFactory()

    assert admin_client.post(f"/admin/users/user/{user.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_user_is_limited_to_channels(admin_client: Client, own_channel: object) -> None:
    user = UserFactory()

    fill_in(admin_client, page_of(user), is_limited_to_channels="on", channels=[str(own_channel.pk)])

    stored = User.objects.get(pk=user.pk)
    assert (stored.is_limited_to_channels, list(stored.channels.all())) == (True, [own_channel])
    assert AuditLog.objects.get().new == {"is_limited_to_channels": True, "channels": [own_channel.pk]}


def test_selected_tokens_are_revoked(admin_client: Client) -> None:
    first, second, other = ApiTokenFactory.create_batch(3)

    admin_client.post(
        list_of(ApiToken), {"action": "revoke", "_selected_action": [first.pk, second.pk], "index": "0"}
    )

    revoked = ApiToken.objects.filter(revoked_date__isnull=False)
    assert set(revoked) == {first, second}
    assert ApiToken.objects.get(pk=other.pk).revoked_date is None
    assert events() == [("user.token.revoked", "ada"), ("user.token.revoked", "ada")]


def test_a_tokens_digest_is_never_shown(admin_client: Client) -> None:
    token = ApiTokenFactory()

    for address in (list_of(ApiToken), page_of(token)):
        page = admin_client.get(address).content.decode()
        assert token.digest not in page


def test_tokens_are_filtered_by_their_state(admin_client: Client) -> None:
    live = ApiTokenFactory()

    assert list(admin_client.get(list_of(ApiToken), {"state": "live"}).context["cl"].result_list) == [live]
    assert list(admin_client.get(list_of(ApiToken), {"state": "revoked"}).context["cl"].result_list) == []


def test_a_group_is_changed_with_one_audit_row(admin_client: Client) -> None:
    group = Group.objects.create(name="Operators")
    right = permission("orders.view_order")

    assert fill_in(admin_client, page_of(group), permissions=[str(right.pk)]).status_code == 302

    assert list(group.permissions.all()) == [right]
    assert events() == [("group.changed", "ada")]


def test_a_periodic_task_is_changed_and_the_scheduler_is_told(admin_client: Client) -> None:
    interval = IntervalSchedule.objects.create(every=5, period=IntervalSchedule.MINUTES)
    task = PeriodicTask.objects.create(
        name="often", task="omnitron.core.tasks.fold_row_counts", interval=interval
    )
    told = PeriodicTasks.last_change()
    posted = form_of(admin_client.get(page_of(task)))
    posted.pop("enabled")

    assert admin_client.post(page_of(task), posted).status_code == 302

    task.refresh_from_db()
    assert (task.enabled, task.task) == (False, "omnitron.core.tasks.fold_row_counts")
    assert PeriodicTasks.last_change() > told
    assert events() == [("periodictask.changed", "ada")]
    assert AuditLog.objects.get().new == {"enabled": "False"}


def test_who_has_no_right_sees_nothing(db: None) -> None:
    client = Client()
    client.force_login(UserFactory(is_staff=True))

    page = client.get("/admin/")

    assert page.status_code == 200
    assert page.context["counters"] == []
    assert [group.get("title") for group in page.context["sidebar_navigation"]] == [None]
    assert client.get(list_of(User)).status_code == 403
