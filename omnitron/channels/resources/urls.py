from rest_framework.routers import SimpleRouter

from omnitron.channels.resources import channel_views, views

router = SimpleRouter()
router.register("channels", views.ChannelViewSet, basename="channel")
router.register("data_sources", views.DataSourceViewSet, basename="data-source")
router.register("external_statuses", views.ExternalStatusViewSet, basename="external-status")
router.register("content_types", views.ContentTypeViewSet, basename="content-type")

channel_router = SimpleRouter()
channel_router.register(
    "batch_requests", channel_views.ChannelBatchRequestViewSet, basename="channel-batch-request"
)
channel_router.register(
    "integration_actions",
    channel_views.ChannelIntegrationActionViewSet,
    basename="channel-integration-action",
)
channel_router.register(
    "error_reports", channel_views.ChannelErrorReportViewSet, basename="channel-error-report"
)
channel_router.register(
    "operational_events", channel_views.ChannelOperationalEventViewSet, basename="channel-operational-event"
)

urlpatterns = router.urls
