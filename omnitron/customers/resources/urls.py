from rest_framework.routers import SimpleRouter

from omnitron.customers.resources import views

router = SimpleRouter()
router.register("customers", views.CustomerViewSet, basename="customer")
router.register("addresses", views.AddressViewSet, basename="address")
router.register("countries", views.CountryViewSet, basename="country")
router.register("cities", views.CityViewSet, basename="city")
router.register("townships", views.TownshipViewSet, basename="township")
router.register("districts", views.DistrictViewSet, basename="district")
router.register("retail_stores", views.RetailStoreViewSet, basename="retail-store")

urlpatterns = router.urls
