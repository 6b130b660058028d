"""Addresses of the zone's own process."""

from django.urls import path

from complaints.models import Closed
from complaints.views import author, desk, interference

app_name = "zone"

IDENTITY, ORIGINALS = {"what": Closed.IDENTITY}, {"what": Closed.ORIGINALS}

urlpatterns = [
    path("my/complaints/", author.mine, name="mine"),
    path("my/complaints/<uuid:public_id>/", author.one, name="one"),
    path("complaints/receipt/", author.receipt, name="receipt"),
    path("oversight/complaints/", desk.rows, name="desk"),
    path("oversight/complaints/<uuid:public_id>/", desk.matter, name="matter"),
    path("oversight/complaints/<uuid:public_id>/take/", desk.take, name="take"),
    path("oversight/complaints/<uuid:public_id>/reply/", desk.reply, name="reply"),
    path("oversight/complaints/<uuid:public_id>/note/", desk.note, name="note"),
    path("oversight/complaints/<uuid:public_id>/name/", desk.name, name="name"),
    path("oversight/complaints/<uuid:public_id>/up/", desk.up, name="up"),
    path("oversight/complaints/<uuid:public_id>/close/", desk.close, name="close"),
    path("oversight/complaints/<uuid:public_id>/decide/", desk.decide, name="decide"),
    path("oversight/complaints/<uuid:public_id>/unlock/", desk.unlock, IDENTITY, name="unlock"),
    path("oversight/complaints/<uuid:public_id>/agree/", desk.agree, IDENTITY, name="unlock_agree"),
    path("oversight/complaints/<uuid:public_id>/originals/", desk.unlock, ORIGINALS, name="originals"),
    path(
        "oversight/complaints/<uuid:public_id>/originals/agree/",
        desk.agree,
        ORIGINALS,
        name="originals_agree",
    ),
    path("oversight/complaints/<uuid:public_id>/files/<uuid:file_id>/", desk.file, name="file"),
    path(
        "oversight/complaints/<uuid:public_id>/files/<uuid:file_id>/original/", desk.original, name="original"
    ),
    path("interference/", interference.mine, name="interference"),
    path("interference/new/", interference.new, name="interference_new"),
    path("interference/none/", interference.none, name="interference_none"),
]
