from django.urls import path

from assistance.views import acting, desk, party

app_name = "assistance"
REQUEST = "my/cases/<uuid:public_id>/help/<uuid:request_id>/"
urlpatterns = [
    path("my/cases/<uuid:public_id>/help/", party.ask, name="ask"),
    path(REQUEST, party.one, name="request"),
    path(REQUEST + "cancel/", party.cancel, name="cancel"),
    path("my/acting/", acting.mine, name="my_acting"),
    path("acting/", acting.begin, name="acting"),
    path("desk/assist/", acting.begin_at_desk, name="acting_desk"),
    path("acting/resume/", acting.resume, name="acting_resume"),
    path("acting/end/", acting.end, name="acting_end"),
    path("acting/over/", acting.over, name="acting_over"),
    path("acting/closed/", acting.closed, name="acting_closed"),
    path("desk/help/", desk.desk, name="desk"),
    path("desk/help/<uuid:public_id>/", desk.one, name="desk_one"),
]
