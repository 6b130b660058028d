"""Addresses of files, papers and the print desk."""

from django.urls import path

from documents.views import damages, desk, files, offices, seals, verify, wordings

app_name = "documents"
urlpatterns = [
    path("files/<uuid:public_id>/", files.original, name="file"),
    path("files/<uuid:public_id>/preview/", files.preview, name="preview"),
    path("files/<uuid:public_id>/pages/<int:number>/", files.file_page, name="file_page"),
    path("files/links/<str:token>/", files.link, name="link"),
    path("papers/<uuid:public_id>/", files.paper, name="paper"),
    path("papers/<uuid:public_id>/pages/<int:number>/", files.paper_page, name="paper_page"),
    path("papers/<uuid:public_id>/delivery/", files.delivery_record, name="delivery_record"),
    path("docs/verify/", verify.paper, name="verify_paper"),
    path("desk/wordings/", wordings.listing, name="wordings"),
    path("desk/wordings/<slug:template>/", wordings.wording, name="wording"),
    path("desk/wordings/<slug:template>/<int:number>/pdf/", wordings.sample_pdf, name="wording_pdf"),
    path("desk/wordings/<slug:template>/<int:number>/page/", wordings.sample_page, name="wording_page"),
    path("desk/seals/", seals.seals, name="seals"),
    path("desk/damaged/", damages.damaged, name="damaged"),
    path("desk/print/", desk.queue, name="print_desk"),
    path("desk/print/posted/", desk.posted, name="posted"),
    path("desk/print/covers/", desk.covers, name="covers"),
    path("desk/print/papers/", desk.papers, name="print_papers"),
    path("desk/print/offices/", offices.offices, name="offices"),
    path("desk/print/offices/new/", offices.office, name="office_new"),
    path("desk/print/offices/<uuid:public_id>/", offices.office, name="office"),
    path("desk/print/offices/<uuid:public_id>/retire/", offices.retire, name="office_retire"),
    path("desk/print/<uuid:public_id>/", desk.delivery, name="delivery"),
    path("desk/print/<uuid:public_id>/sent/", desk.sent, name="sent"),
    path("desk/print/<uuid:public_id>/outcome/", desk.outcome, name="outcome"),
    path("desk/print/<uuid:public_id>/reprint/", desk.reprint, name="reprint"),
]
