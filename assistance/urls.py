from django.urls import path

from assistance.views import desk, party

app_name = "assistance"
REQUEST = "my/cases/<uuid:public_id>/help/<uuid:request_id>/"
urlpatterns = [
    path("my/cases/<uuid:public_id>/help/", party.ask, name="ask"),
    path(REQUEST, party.one, name="request"),
    path(REQUEST + "cancel/", party.cancel, name="cancel"),
    path("desk/help/", desk.desk, name="desk"),
    path("desk/help/<uuid:public_id>/", desk.one, name="desk_one"),
]
