"""What may be done with a row beside changing its fields: each action a page of its own, with a form and a button.

Opening such a page changes nothing. What a use case refuses is shown on the page with its code, and what was typed
stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.db.models import Model
from django.forms import BoundField
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from omnitron.core.admin_base import admin_audit_context, refusal_of
from omnitron.core.exceptions import InvalidInput, OmnitronException, OutdatedException

CONFIRM = "_confirm"


class ActionForm(forms.Form):
    """What an action asks for; this one asks for nothing. `row` is the row it is done with."""

    def __init__(self, row: Model, data: Mapping[str, Any] | None = None) -> None:
        self.row = row
        super().__init__(data)

    def values(self) -> dict[str, Any]:
        """The arguments of the operation, from a valid form."""
        return dict(self.cleaned_data)

    def lines(self) -> Iterator[list[BoundField]]:
        """The fields, line by line."""
        for field in self:
            yield [field]


@dataclass(frozen=True)
class PageAction:
    """One action. `run(row, audit_context=…, **form values)` does it.

    One with a `preview(row, **form values)` shows what that returns first, in `preview_template`, and is run with
    the `digest` it holds. `done` is what is said afterwards.
    """

    name: str
    title: str
    permission: str
    run: Callable[..., Any]
    form: type[ActionForm] = ActionForm
    hint: str = ""
    done: str = "done"
    preview: Callable[..., dict[str, Any]] | None = None
    preview_template: str = ""


@dataclass(frozen=True)
class ShownAction:
    """An action as a row's page shows it; without an address it cannot be done, for what `because` says."""

    title: str
    address: str | None
    because: tuple[str, ...] = ()


def told(error: OmnitronException) -> str:
    """A refusal with its code, as the API names it."""
    return f"{error} [{error.code}]"


class ActionPages:
    """For an OmnitronAdmin whose rows can be acted upon."""

    page_actions: ClassVar[tuple[PageAction, ...]] = ()
    action_template = "core/admin/action.html"

    def because(self, row: Model) -> Mapping[str, tuple[str, ...]]:
        """Why actions are not allowed with `row` as it stands, by name; the others are."""
        return {}

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.action_view)
        address = path("<path:object_id>/do/<slug:name>/", view, name=self._address_name)
        return [address, *super().get_urls()]

    @property
    def _address_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_do"

    def shown_actions(self, request: HttpRequest, row: Model) -> list[ShownAction]:
        """The row's actions for whoever looks: those they have no right to are left out."""
        because = self.because(row)
        return [
            ShownAction(
                title=action.title,
                address=None if because.get(action.name) else self._address(row, action),
                because=because.get(action.name, ()),
            )
            for action in self.page_actions
            if request.user.has_perm(action.permission)
        ]

    def _address(self, row: Model, action: PageAction) -> str:
        return reverse(f"admin:{self._address_name}", args=(row.pk, action.name))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = context.get("original")
        shown = self.shown_actions(request, row) if row is not None else []
        actions = {
            "page_actions": shown,
            "refused_actions": [action for action in shown if action.address is None],
        }
        return super().render_change_form(request, {**context, **actions}, *args, **kwargs)

    def action_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """The page of one action; a POST does it, or shows what it would do."""
        action = next((known for known in self.page_actions if known.name == name), None)
        if action is None:
            raise Http404
        row = self.get_object(request, unquote(object_id))
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not (self.has_view_permission(request, row) and request.user.has_perm(action.permission)):
            raise PermissionDenied
        form = action.form(row, request.POST if request.method == "POST" else None)
        shown: dict[str, Any] = {}
        if form.is_valid():
            try:
                shown = self._act(request, action, row, form)
            except (InvalidInput, OmnitronException, OperationalError) as error:
                _show_refusal(form, error)
            else:
                if not shown:
                    messages.success(request, f"{action.title}: {action.done}.")
                    return HttpResponseRedirect(self._page(row))
        return self._action_page(request, action, row, form, shown)

    def _act(self, request: HttpRequest, action: PageAction, row: Model, form: ActionForm) -> dict[str, Any]:
        """Do it, and return nothing; or return what to show before it is done."""
        values = form.values()
        if action.preview is None:
            action.run(row, audit_context=admin_audit_context(request), **values)
            return {}
        digest = request.POST.get("digest")
        if CONFIRM not in request.POST or not digest:
            return {"preview": action.preview(row, **values)}
        try:
            action.run(row, audit_context=admin_audit_context(request), digest=digest, **values)
        except OutdatedException as error:
            return {
                "preview": action.preview(row, **values),
                "outdated": error.detail,
                "difference": error.difference,
            }
        return {}

    def _page(self, row: Model) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=(row.pk,))

    def _action_page(
        self,
        request: HttpRequest,
        action: PageAction,
        row: Model,
        form: ActionForm,
        shown: Mapping[str, Any],
    ) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": row,
            "title": f"{action.title}: {row}",
            "action": action,
            "form": form,
            "page": self._page(row),
            "because": () if form.is_bound else self.because(row).get(action.name, ()),
            **shown,
        }
        return TemplateResponse(request, self.action_template, context)


def _show_refusal(form: ActionForm, error: Exception) -> None:
    if isinstance(error, OmnitronException):
        form.add_error(None, told(error))
        return
    refusal = refusal_of(error)
    if refusal is None:
        raise error
    for name, texts in refusal.items():
        form.add_error(name if name in form.fields else None, texts)
