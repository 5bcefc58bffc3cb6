from rest_framework.routers import SimpleRouter

from omnitron.customers.resources import channel_views, views

router = SimpleRouter()
router.register("customers", views.CustomerViewSet, basename="customer")
router.register("addresses", views.AddressViewSet, basename="address")
router.register("countries", views.CountryViewSet, basename="country")
router.register("cities", views.CityViewSet, basename="city")
router.register("townships", views.TownshipViewSet, basename="township")
router.register("districts", views.DistrictViewSet, basename="district")
router.register("retail_stores", views.RetailStoreViewSet, basename="retail-store")

channel_router = SimpleRouter()
channel_router.register("customers", channel_views.ChannelCustomerViewSet, basename="channel-customer")
channel_router.register("addresses", channel_views.ChannelAddressViewSet, basename="channel-address")
channel_router.register("countries", channel_views.ChannelCountryViewSet, basename="channel-country")
channel_router.register("cities", channel_views.ChannelCityViewSet, basename="channel-city")
channel_router.register("townships", channel_views.ChannelTownshipViewSet, basename="channel-township")
channel_router.register("districts", channel_views.ChannelDistrictViewSet, basename="channel-district")
channel_router.register(
    "retail_stores", channel_views.ChannelRetailStoreViewSet, basename="channel-retail-store"
)

urlpatterns = router.urls
