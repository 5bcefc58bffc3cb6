from rest_framework.routers import SimpleRouter

from omnitron.catalogs.resources import category_views, channel_views, views

router = SimpleRouter()
router.register("catalogs", views.CatalogViewSet, basename="catalog")
router.register("price_lists", views.PriceListViewSet, basename="price-list")
router.register("stock_lists", views.StockListViewSet, basename="stock-list")
router.register("products", views.ProductViewSet, basename="product")
router.register("product_prices", views.ProductPriceViewSet, basename="product-price")
router.register("product_stocks", views.ProductStockViewSet, basename="product-stock")
# The ERP documentation writes the singular.
router.register("product_stock", views.ProductStockViewSet, basename="product-stock-erp")
router.register("product_images", views.ProductImageViewSet, basename="product-image")
router.register("product_categories", views.ProductCategoryViewSet, basename="product-category")

channel_router = SimpleRouter()
channel_router.register("price_lists", channel_views.ChannelPriceListViewSet, basename="channel-price-list")
channel_router.register("stock_lists", channel_views.ChannelStockListViewSet, basename="channel-stock-list")
channel_router.register("catalogs", channel_views.ChannelCatalogViewSet, basename="channel-catalog")
for path, view_set in (
    ("products", channel_views.ChannelProductViewSet),
    ("product_prices", channel_views.ChannelProductPriceViewSet),
    ("product_stocks", channel_views.ChannelProductStockViewSet),
    ("extra_product_prices", channel_views.ChannelExtraProductPriceViewSet),
    ("extra_product_stocks", channel_views.ChannelExtraProductStockViewSet),
    ("product_images", channel_views.ChannelProductImageViewSet),
    ("product_categories", channel_views.ChannelProductCategoryViewSet),
):
    channel_router.register(path, view_set, basename=f"channel-{path.replace('_', '-')}")

channel_router.register(
    "category_trees", category_views.ChannelCategoryTreeViewSet, basename="channel-category-tree"
)
channel_router.register(
    "category_nodes", category_views.ChannelCategoryNodeViewSet, basename="channel-category-node"
)

urlpatterns = router.urls
