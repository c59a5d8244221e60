from django.http import HttpResponse


def options(request, plan_id):
    return HttpResponse("x")


def pdf(request, plan_id):
    return HttpResponse("x")
