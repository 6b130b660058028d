from django.urls import path

from courts import people_views

app_name = "courts"
urlpatterns = [
    path("manage/people/", people_views.people, name="people"),
    path("manage/people/new/", people_views.new, name="person_new"),
    path("manage/people/<uuid:public_id>/", people_views.person, name="person"),
]
