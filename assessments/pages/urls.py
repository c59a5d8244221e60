from django.urls import include, path

from .views import bulk, due, items, lists, plans, steps

plan_urls = [
    path("", plans.plan, name="plan"),
    path("settings/", plans.settings, name="plan_settings"),
    path("settings/<slug:section>/", plans.settings, name="plan_settings_section"),
    path("set-up/hide/", plans.hide_set_up, name="plan_set_up_hide"),
    path("due/", due.bulk, name="plan_due"),
    path("due/day/", due.day, name="plan_due_day"),
    path("stages/<int:number>/", lists.stage, name="plan_stage"),
    path("areas/<int:number>/", lists.area, name="plan_area"),
    path("officers/", lists.officers, name="plan_officers"),
    path("officers/<slug:office>/", lists.officer, name="plan_officer"),
    path("mine/", lists.mine, name="plan_mine"),
    path("open/", lists.open_items, name="plan_open"),
    path("open/change/", bulk.chosen, name="plan_bulk"),
    path("open/change/<id:bulk_id>/", bulk.done, name="plan_bulk_done"),
    path("steps/<int:number>/", steps.step, name="plan_step"),
    path("steps/<int:number>/add/", items.add, name="item_add"),
    path("items/<id:item_id>/", items.item, name="item"),
    path("items/<id:item_id>/edit/", items.edit, name="item_edit"),
    path("items/<id:item_id>/bring-back/", items.bring_back, name="item_bring_back"),
    path("items/<id:item_id>/remove/", items.remove, name="item_remove"),
    path("items/<id:item_id>/links/", items.links, name="item_links"),
    path("items/<id:item_id>/restore/", items.restore, name="item_restore"),
]

urlpatterns = [
    path("councils/<slug:slug>/plans/new/", plans.new, name="plan_new"),
    path("plans/<id:plan_id>/", include(plan_urls)),
]
