from rest_framework.routers import SimpleRouter

from omnitron.channels.resources import views

router = SimpleRouter()
router.register("channels", views.ChannelViewSet, basename="channel")
router.register("data_sources", views.DataSourceViewSet, basename="data-source")
router.register("external_statuses", views.ExternalStatusViewSet, basename="external-status")
router.register("content_types", views.ContentTypeViewSet, basename="content-type")

channel_router = SimpleRouter()

urlpatterns = router.urls
