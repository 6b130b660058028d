"""The desks of finance."""

from django.urls import path

from payments.views import days, finance, recon, suspense

urlpatterns = [
    path("desk/finance/", finance.home, name="finance"),
    path("desk/counter/", finance.counter, name="counter"),
    path("desk/counter/<uuid:public_id>/", finance.enter, name="counter_enter"),
    path("desk/suspense/", suspense.suspense_list, name="suspense_list"),
    path("desk/suspense/<uuid:public_id>/", suspense.one, name="suspense"),
    path("desk/reviews/", suspense.reviews, name="reviews"),
    path("desk/reviews/<uuid:public_id>/", suspense.review, name="review"),
    path("desk/recon/", recon.recon, name="recon"),
    path("desk/recon/bank/", recon.bank, name="bank_statement"),
    path("desk/recon/bank/sample/", recon.sample, name="bank_sample"),
    path("desk/recon/differences/<uuid:public_id>/", recon.resolve, name="difference"),
    path("desk/recon/<slug:gateway>/<slug:day>/", recon.day, name="recon_day"),
    path("desk/days/", days.days, name="days"),
    path("desk/days/month/", days.month, name="month"),
    path("desk/days/month/<slug:month>/<slug:kind>/", days.month_file, name="month_file"),
    path("desk/days/<slug:day>/", days.sheet, name="day"),
    path("desk/days/<slug:day>/<slug:kind>/", days.sheet_file, name="day_file"),
]
