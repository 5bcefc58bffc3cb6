"""Login, logout, the user's own tokens, and who they are."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from omnitron.core.audit import AuditContext
from omnitron.core.models import AuditSource
from omnitron.core.resources.audit_context import audit_context_of
from omnitron.core.resources.filters import filterset_for
from omnitron.core.resources.openapi import DETAIL
from omnitron.core.resources.viewsets import ResourceViewSet
from omnitron.users.models import ApiToken
from omnitron.users.resources.authentication import TokenAuthentication
from omnitron.users.resources.remote_addr import remote_addr_of
from omnitron.users.resources.serializers import (
    ActiveUserSerializer,
    ApiTokenSerializer,
    IssuedTokenSerializer,
    LoginSerializer,
)
from omnitron.users.selectors import live_tokens
from omnitron.users.use_cases import issue_token, revoke_all_tokens, revoke_token

NOTHING = {"type": "object", "properties": {}}


class LoginView(APIView):
    """Exchange user name and password for a token of this login's own.

    Knows no session and sets no cookie: a client that kept one would be asked for a CSRF token next time.
    """

    authentication_classes = ()
    permission_classes = ()

    @extend_schema(
        operation_id="auth_login",
        request=LoginSerializer,
        responses={
            200: IssuedTokenSerializer,
            429: OpenApiResponse(DETAIL, description="Too many failed logins; see Retry-After."),
        },
    )
    def post(self, request: Request) -> Response:
        body = LoginSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        key = issue_token(
            **body.validated_data,
            remote_addr=remote_addr_of(request),
            user_agent=_user_agent(request),
            now=timezone.now(),
            audit_context=AuditContext(actor=None, source=AuditSource.API, request_id=request.request_id),
        )
        return Response({"key": key})


class LogoutView(APIView):
    """Revoke the token the request was sent with."""

    authentication_classes = (TokenAuthentication,)
    model = None

    @extend_schema(operation_id="auth_logout", request=None, responses={200: NOTHING})
    def post(self, request: Request) -> Response:
        revoke_token(request.auth, now=timezone.now(), audit_context=audit_context_of(request))
        return Response({})


class LogoutAllView(APIView):
    """Revoke every token of the user."""

    model = None

    @extend_schema(operation_id="auth_logout_all", request=None, responses={200: NOTHING})
    def post(self, request: Request) -> Response:
        revoke_all_tokens(request.user, now=timezone.now(), audit_context=audit_context_of(request))
        return Response({})


class ActiveUserView(APIView):
    """Who the request is from, and what they may do."""

    model = None

    @extend_schema(operation_id="active_user", responses={200: ActiveUserSerializer})
    def get(self, request: Request) -> Response:
        return Response(ActiveUserSerializer(request.user).data)


class TokenViewSet(ResourceViewSet):
    """The user's own live tokens, never the keys themselves; deleting one ends that login."""

    # Everyone may see and end their own logins: no permission of the model is asked.
    permission_classes = (IsAuthenticated,)
    queryset = ApiToken.objects.all()
    serializer_class = ApiTokenSerializer
    filterset_class = filterset_for(ApiToken, "created_date", "last_used_date", "expires_date")
    search_fields = ("user_agent",)
    http_method_names = ("get", "head", "options", "delete")

    def get_queryset(self) -> QuerySet[ApiToken]:
        return live_tokens(self.request.user.pk, now=timezone.now())

    def perform_destroy(self, row: ApiToken) -> None:
        revoke_token(row, now=timezone.now(), audit_context=audit_context_of(self.request))


def _user_agent(request: Request) -> str:
    """What the client calls itself, as far as a column can hold it."""
    return request.headers.get("User-Agent", "").replace("\x00", "")[:255]
