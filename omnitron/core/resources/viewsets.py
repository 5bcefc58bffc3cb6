"""The base of every resource: lists, single rows, and plain writes."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Model, Q, QuerySet
from rest_framework import mixins, status
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from omnitron.core import records
from omnitron.core.resources.audit_context import audit_context_of
from omnitron.core.resources.filters import PARAMETERS, SearchFilter, SortFilter, StrictFilterBackend
from omnitron.core.resources.idempotency import HEADER, UNSAFE, keyed
from omnitron.core.resources.pagination import paginated
from omnitron.core.resources.renderers import raw_response
from omnitron.core.resources.serializers import ResourceSerializer, StrictBody
from omnitron.core.resources.sql_json import read_row
from omnitron.core.row_counts import kept_count
from omnitron.core.scope import channel_ids_of, channel_path_of, visible_to


class RowViewSet(GenericViewSet):
    """Rows of one model, as far as the user may reach them. Names `queryset` and `serializer_class`."""

    serializer_class: ClassVar[type[ResourceSerializer]]
    filter_backends = ()
    lookup_value_regex = "[0-9]+"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After authentication and permissions: an unsafe request with an Idempotency-Key is run once."""
        super().initial(request, *args, **kwargs)
        if request.method in UNSAFE and HEADER in request.headers:
            name = request.method.lower()
            setattr(self, name, keyed(getattr(self, name, self.http_method_not_allowed)))

    @property
    def model(self) -> type[Model]:
        return self.queryset.model

    def get_queryset(self) -> QuerySet:
        return visible_to(super().get_queryset(), self.request.user)

    def row_at(self, pk: int | str) -> QuerySet:
        """The visible row `pk`, if there is one. Text that can be no pk, or thousands of digits, find nothing."""
        text = str(pk)
        is_pk = text.isascii() and text.isdecimal() and len(text) < 20
        return self.get_queryset().filter(pk=pk) if is_pk else self.get_queryset().none()

    def get_row(self) -> Model:
        """The row of the URL, as far as the user may reach it."""
        row = self.row_at(self.kwargs["pk"]).first()
        if row is None:
            raise NotFound
        return row

    def valid_body(self, shape: type[StrictBody]) -> dict[str, Any]:
        """The body of an action, checked against `shape`; raises ValidationError."""
        serializer = shape(data=self.request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def row_response(
        self,
        pk: int | str,
        *,
        shape: type[ResourceSerializer] | None = None,
        status: int = status.HTTP_200_OK,
    ) -> Response:
        """The visible row `pk` in the view's shape, or in `shape`. Raises NotFound when there is none."""
        row = read_row(shape or self.serializer_class, self.row_at(pk))
        if row is None:
            raise NotFound
        return raw_response(row, status=status)


class ReadViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, RowViewSet):
    """A list and single rows. Adds `filterset_class` and, where they differ from what stands here,
    `detail_serializer_class` (the shape of a single row) and `search_fields`.
    """

    detail_serializer_class: ClassVar[type[ResourceSerializer] | None] = None
    filter_backends = (StrictFilterBackend, SearchFilter, SortFilter)
    search_fields: ClassVar[tuple[str, ...]] = ()
    default_sort: ClassVar[tuple[str, ...]] = ("-pk",)

    def search(self, queryset: QuerySet, term: str) -> QuerySet:
        """Text that the row's names and codes contain."""
        condition = Q(pk__in=[])
        for field in self.search_fields:
            condition |= Q(**{f"{field}__icontains": term})
        return queryset.filter(condition)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        queryset = self.filter_queryset(self.get_queryset())
        return paginated(request, queryset, self.serializer_class, count=lambda: self.count(queryset))

    def count(self, queryset: QuerySet) -> int:
        """How many rows `queryset` has: from the kept count where nothing narrows it, else counted."""
        narrowed = set(self.request.query_params) - (PARAMETERS - {"search"})
        if not narrowed and not self.kwargs:
            kept = kept_count(self.model, channel_ids=channel_ids_of(self.request.user))
            if kept is not None:
                return kept
        return queryset.order_by().count()

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.row_response(kwargs["pk"], shape=self.detail_serializer_class)


class ResourceViewSet(ReadViewSet):
    """Rows that can also be created, changed and deleted. As it stands for records without rules of their own;
    others override `perform_…` with a call of their service, and name the body's shape by action.
    """

    write_serializer_classes: ClassVar[dict[str, type[ResourceSerializer]]] = {}

    def get_serializer_class(self) -> type[ResourceSerializer]:
        return self.write_serializer_classes.get(self.action, self.serializer_class)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        serializer = self.valid_serializer()
        row = self.perform_create(serializer)
        return self.row_response(row.pk, status=status.HTTP_201_CREATED)

    def update(self, request: Request, *args: Any, partial: bool = False, **kwargs: Any) -> Response:
        serializer = self.valid_serializer(instance=self.get_row(), partial=partial)
        row = self.perform_update(serializer)
        return self.row_response(row.pk)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.update(request, *args, partial=True, **kwargs)

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        self.perform_destroy(self.get_row())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def valid_serializer(self, *, instance: Model | None = None, partial: bool = False) -> BaseSerializer:
        """The request's body, checked; raises ValidationError."""
        serializer = self.get_serializer(instance, data=self.request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        self._refuse_beyond_reach(serializer)
        return serializer

    def _refuse_beyond_reach(self, serializer: BaseSerializer) -> None:
        """A limited user may not write a row that then leads to none of the user's channels, or to no channel.

        Another channel's rows cannot be named in a body (RowKeyField); what is left is to name none.
        """
        path = channel_path_of(self.model)
        if path is None or channel_ids_of(self.request.user) is None:
            return
        step = path.split("__")[0]
        if serializer.validated_data.get(step, getattr(serializer.instance, step, None)) is None:
            raise ValidationError({step: ["A user limited to channels must name one of them here."]})

    def perform_create(self, serializer: BaseSerializer) -> Model:
        return records.create_record(
            self.model, serializer.validated_data, audit_context=audit_context_of(self.request)
        )

    def perform_update(self, serializer: BaseSerializer) -> Model:
        return records.update_record(
            serializer.instance, serializer.validated_data, audit_context=audit_context_of(self.request)
        )

    def perform_destroy(self, row: Model) -> None:
        records.delete_record(row, audit_context=audit_context_of(self.request))
