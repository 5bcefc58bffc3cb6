from rest_framework.routers import SimpleRouter

from omnitron.attributes.resources import views

# A channel's application alone sets these up: there is nothing outside of a channel.
router = SimpleRouter()

channel_router = SimpleRouter()
for prefix, view, basename in (
    ("attribute_sets", views.AttributeSetViewSet, "channel-attribute-set"),
    ("attribute_set_configs", views.AttributeSetConfigViewSet, "channel-attribute-set-config"),
    ("attributes", views.AttributeViewSet, "channel-attribute"),
    ("attribute_schemas", views.AttributeSchemaViewSet, "channel-attribute-schema"),
    ("attribute_configs", views.AttributeConfigViewSet, "channel-attribute-config"),
    ("attribute_values", views.AttributeValueViewSet, "channel-attribute-value"),
    ("attribute_value_configs", views.AttributeValueConfigViewSet, "channel-attribute-value-config"),
    ("mapped_products", views.MappedProductViewSet, "channel-mapped-product"),
):
    channel_router.register(prefix, view, basename=basename)

urlpatterns = router.urls
