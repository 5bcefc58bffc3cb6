from rest_framework.routers import SimpleRouter

from omnitron.payments.resources import views

router = SimpleRouter()
router.register("payment_options", views.PaymentOptionViewSet, basename="payment-option")
router.register("banks", views.BankViewSet, basename="bank")
router.register("cards", views.CardViewSet, basename="card")
router.register("bin_numbers", views.BinNumberViewSet, basename="bin-number")
router.register("installments", views.InstallmentViewSet, basename="installment")
router.register("pos", views.PosViewSet, basename="pos")
router.register("transactions", views.TransactionViewSet, basename="transaction")
# Clients know the card payments of orders by this name, too; nothing says that it holds anything else.
router.register("order_transactions", views.TransactionViewSet, basename="order-transaction")
router.register(
    "funds_transfer_transactions",
    views.FundsTransferTransactionViewSet,
    basename="funds-transfer-transaction",
)
router.register(
    "pay_on_delivery_transactions",
    views.PayOnDeliveryTransactionViewSet,
    basename="pay-on-delivery-transaction",
)
router.register("loyalty_transactions", views.LoyaltyTransactionViewSet, basename="loyalty-transaction")
router.register("bex_transactions", views.BexTransactionViewSet, basename="bex-transaction")
router.register(
    "cash_register_transactions",
    views.CashRegisterTransactionViewSet,
    basename="cash-register-transaction",
)

urlpatterns = router.urls
