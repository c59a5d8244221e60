from django.urls import path

from . import views

urlpatterns = [
    path("", views.guidance, name="guidance"),
    path("search/", views.search, name="guidance_search"),
    path("steps/<int:number>/", views.step, name="guidance_step"),
    path("areas/<int:number>/", views.area, name="guidance_area"),
    path("components/", views.components, name="guidance_components"),
    path("components/<int:number>/", views.component, name="guidance_component"),
    path("themes/", views.themes, name="guidance_themes"),
    path("themes/<int:number>/", views.theme, name="guidance_theme"),
    path("reflections/", views.reflections, name="guidance_reflections"),
    path("officers/", views.officers, name="guidance_officers"),
]
