from django.urls import path

from casefiles.views import desk, keeping, party, requests

app_name = "casefiles"
FILE = "my/cases/<uuid:public_id>/file/"
PAGE = "<uuid:entry_id>/<int:number>/"
DESK = "desk/cases/<uuid:public_id>/file/"
urlpatterns = [
    path(FILE, party.file, name="file"),
    path(FILE + "opened/", party.opened, name="opened"),
    path(FILE + "download/", party.download, name="download"),
    path(FILE + PAGE, party.page, name="page"),
    path(FILE + PAGE + "image/", party.image, name="image"),
    path("my/file-search/", party.search, name="search"),
    path("my/reading/", requests.ask, name="ask"),
    path("my/reading/<uuid:public_id>/", requests.one, name="request"),
    path("my/reading/<uuid:public_id>/back/", requests.take_back, name="take_back"),
    path(DESK, desk.file, name="desk_file"),
    path(DESK + "add/", keeping.add, name="add"),
    path(DESK + "archive/", keeping.archive, name="archive"),
    path(DESK + "<uuid:entry_id>/correct/", keeping.correct, name="correct"),
    path(DESK + "<uuid:entry_id>/seal/", keeping.seal, name="seal"),
    path(DESK + "<uuid:entry_id>/seal/<uuid:order_id>/lift/", keeping.lift, name="lift"),
    path(DESK + PAGE, desk.page, name="desk_page"),
    path(DESK + PAGE + "image/", desk.image, name="desk_image"),
    path("desk/reading/", requests.desk, name="desk_requests"),
    path("desk/reading/<uuid:public_id>/", requests.desk_one, name="desk_request"),
]
