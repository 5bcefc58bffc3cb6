"""Admin of users, groups, API tokens and failed logins. Nobody who is limited to channels sees any of it.

Rights (superuser, groups, single permissions) are given by superusers only: whoever may edit users could otherwise
give themselves every right there is. For the same reason nobody changes a user who may do more than they: a new
password would be a way into that account.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import action, display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from omnitron.core import audit, records
from omnitron.core.admin_base import HouseWideMixin, OmnitronAdmin, ReadOnlyAdmin, admin_audit_context
from omnitron.core.admin_filters import DayRangeFilter, NarrowingFilter
from omnitron.core.admin_forms import RefusableForm
from omnitron.core.audit import AuditContext
from omnitron.users import use_cases
from omnitron.users.models import ApiToken, FailedLogin, User

# Given by superusers only.
RIGHTS = ("is_superuser", "groups", "user_permissions")


def _may_at_least(user: User, other: User) -> bool:
    """Whether `user` may do all that `other` may, were `other` active."""
    probe = User(pk=other.pk, is_active=True, is_superuser=other.is_superuser)
    return not other.is_superuser and probe.get_all_permissions() <= user.get_all_permissions()


class RefusableUserChangeForm(UserChangeForm, RefusableForm):
    pass


class RefusableUserCreationForm(UserCreationForm, RefusableForm):
    pass


@admin.register(User)
class UserAdmin(HouseWideMixin, DjangoUserAdmin, OmnitronAdmin):
    """Users are deactivated, never deleted: the audit log names them."""

    form = RefusableUserChangeForm
    add_form = RefusableUserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "email", "full_name", "reach", "is_staff", "is_active", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "is_limited_to_channels")
    ordering = ("username",)
    filter_horizontal = ("channels", "groups", "user_permissions")
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password", ("first_name", "last_name"), "email")}),
        ("Reach", {"fields": ("is_limited_to_channels", "channels")}),
        ("Rights", {"fields": (("is_active", "is_staff", "is_superuser"), "groups", "user_permissions")}),
        ("Dates", {"fields": (("last_login", "date_joined"),)}),
    )

    @display(description="name")
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    @display(description="reach", label={"all channels": "info", "some channels": "warning"})
    def reach(self, user: User) -> str:
        return "some channels" if user.is_limited_to_channels else "all channels"

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if obj is not None and not request.user.is_superuser and not _may_at_least(request.user, obj):
            return False
        return super().has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        fields = tuple(super().get_readonly_fields(request, obj))
        return fields if request.user.is_superuser else (*fields, *RIGHTS)

    def create_row(self, row: User, values: Mapping[str, Any], *, audit_context: AuditContext) -> Model:
        """The audit row holds what is known of the user, never the password's hash."""
        user = records.create_record(User, values, audit_context=audit_context)
        user.password = row.password
        user.save(update_fields=["password"])
        return user

    def update_row(self, row: User, values: Mapping[str, Any], *, audit_context: AuditContext) -> Model:
        return records.update_record(
            row,
            {name: value for name, value in values.items() if name != "password"},
            audit_context=audit_context,
        )

    @transaction.atomic
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """A new password ends the user's logins: whoever knew the old one is out."""
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302:
            user = User.objects.get(pk=id)
            context = admin_audit_context(request)
            audit.record(user, "user.password.changed", audit_context=context)
            use_cases.revoke_all_tokens(user, now=timezone.now(), audit_context=context)
        return response


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(HouseWideMixin, DjangoGroupAdmin, OmnitronAdmin):
    """What a group may, its members may: only superusers change groups."""

    form = RefusableForm
    ordering = ("name",)
    search_fields = ("name",)
    filter_horizontal = ("permissions",)
    is_deletable = True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return request.user.is_superuser and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return request.user.is_superuser and super().has_delete_permission(request, obj)


class LiveFilter(NarrowingFilter):
    title = "state"
    parameter_name = "state"
    choices_by_value = {
        "live": (
            "live",
            lambda tokens: tokens.filter(revoked_date=None, expires_date__gt=timezone.now()),
        ),
        "revoked": ("revoked", lambda tokens: tokens.filter(revoked_date__isnull=False)),
        "expired": (
            "expired",
            lambda tokens: tokens.filter(revoked_date=None, expires_date__lte=timezone.now()),
        ),
    }


@admin.register(ApiToken)
class ApiTokenAdmin(HouseWideMixin, ReadOnlyAdmin):
    """Logins of people and applications. The token itself is not stored, and its digest is not shown."""

    list_display = ("id", "user", "state", "created_date", "last_used_date", "expires_date", "remote_addr")
    list_filter = (
        LiveFilter,
        ("user", AutocompleteSelectFilter),
        ("created_date", DayRangeFilter),
    )
    list_select_related = ("user",)
    detail_select_related = ("user",)
    search_fields = ("user__username",)
    search_help_text = "User name"
    fields = (
        "user",
        "created_date",
        "last_used_date",
        "expires_date",
        "revoked_date",
        "remote_addr",
        "user_agent",
    )
    actions = ("revoke",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).defer("digest")

    @display(description="state", label={"live": "success", "revoked": "danger", "expired": "default"})
    def state(self, token: ApiToken) -> str:
        if token.revoked_date is not None:
            return "revoked"
        return "live" if token.expires_date > timezone.now() else "expired"

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return not request.user.is_limited_to_channels and request.user.has_perm("users.change_apitoken")

    @action(description="Revoke selected tokens", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet) -> None:
        context = admin_audit_context(request)
        now = timezone.now()
        tokens = list(queryset.select_related("user").order_by("pk"))
        with transaction.atomic():
            for token in tokens:
                use_cases.revoke_token(token, now=now, audit_context=context)
        self.message_user(request, f"Revoked: {len(tokens)}.", messages.SUCCESS)


@admin.register(FailedLogin)
class FailedLoginAdmin(HouseWideMixin, ReadOnlyAdmin):
    list_display = ("username", "remote_addr", "created_date")
    list_filter = (("created_date", DayRangeFilter),)
    search_fields = ("username__exact",)
    search_help_text = "The whole user name"
