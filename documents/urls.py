"""Addresses of files, papers and the print desk."""

from django.urls import path

from documents.views import desk, files, verify

app_name = "documents"
urlpatterns = [
    path("files/<uuid:public_id>/", files.original, name="file"),
    path("files/<uuid:public_id>/preview/", files.preview, name="preview"),
    path("files/<uuid:public_id>/pages/<int:number>/", files.file_page, name="file_page"),
    path("papers/<uuid:public_id>/", files.paper, name="paper"),
    path("papers/<uuid:public_id>/pages/<int:number>/", files.paper_page, name="paper_page"),
    path("papers/<uuid:public_id>/delivery/", files.delivery_record, name="delivery_record"),
    path("docs/verify/", verify.paper, name="verify_paper"),
    path("desk/print/", desk.queue, name="print_desk"),
    path("desk/print/posted/", desk.posted, name="posted"),
    path("desk/print/<uuid:public_id>/", desk.delivery, name="delivery"),
    path("desk/print/<uuid:public_id>/sent/", desk.sent, name="sent"),
    path("desk/print/<uuid:public_id>/outcome/", desk.outcome, name="outcome"),
    path("desk/print/<uuid:public_id>/reprint/", desk.reprint, name="reprint"),
]
