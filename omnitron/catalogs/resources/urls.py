from rest_framework.routers import SimpleRouter

from omnitron.catalogs.resources import channel_views, views

router = SimpleRouter()
router.register("catalogs", views.CatalogViewSet, basename="catalog")
router.register("price_lists", views.PriceListViewSet, basename="price-list")
router.register("stock_lists", views.StockListViewSet, basename="stock-list")
router.register("products", views.ProductViewSet, basename="product")
router.register("product_prices", views.ProductPriceViewSet, basename="product-price")
router.register("product_stocks", views.ProductStockViewSet, basename="product-stock")
# The ERP documentation writes the singular.
router.register("product_stock", views.ProductStockViewSet, basename="product-stock-erp")

channel_router = SimpleRouter()
channel_router.register("price_lists", channel_views.ChannelPriceListViewSet, basename="channel-price-list")
channel_router.register("stock_lists", channel_views.ChannelStockListViewSet, basename="channel-stock-list")
channel_router.register("catalogs", channel_views.ChannelCatalogViewSet, basename="channel-catalog")

urlpatterns = router.urls
