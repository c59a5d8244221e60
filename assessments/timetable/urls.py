from django.urls import include, path

from .views import calendars, dates, interim, orders

plan_urls = [
    path("dates/", dates.dates, name="plan_dates"),
    path("dates.pdf", dates.sheet, name="plan_dates_sheet"),
    path("dates-checked/", dates.dates_checked, name="plan_dates_checked"),
    path("dates/order/", orders.order, name="plan_order"),
    path("dates/<slug:key>/", dates.date, name="plan_date"),
    path("dates/<slug:key>/links/", dates.links, name="plan_date_links"),
    path("how-elected/", dates.cycle, name="council_cycle"),
    path("bank-holidays/add/", dates.bank_holiday_add, name="bank_holiday_add"),
    path("bank-holidays/<id:pk>/remove/", dates.bank_holiday_remove, name="bank_holiday_remove"),
    path("before-annual-council/", interim.interim, name="interim"),
    path("before-annual-council/note/", interim.note, name="interim_note"),
    path("timeline/", dates.timeline, name="plan_timeline"),
    path("calendar/", calendars.calendar, name="plan_calendar"),
    path("calendar/dates.ics", calendars.file, name="plan_calendar_file"),
]

urlpatterns = [
    path("plans/<id:plan_id>/", include(plan_urls)),
    path("calendar/<slug:token>.ics", calendars.feed, name="calendar_feed"),
]
