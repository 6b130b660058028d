"""Every address × everybody: the expected answer (SEC-10). A new address without a row fails ``test_access``.

Columns: AN nobody · SC 李 with a scan login · ZH 张, plaintiff · LI 李, signed in and not bound · CH 陈, unrelated · WA
lawyer, unrelated · CK 钱, intake clerk · C2 冯, another one · CB clerk of another court · JU judge of the case · JB judge of
another court · CC clerk of the case · HE division head · FI finance · SU supervisor · DI discipline · AD admin.

Cells: a status; ``in`` and ``st`` are the redirects to the public and to the staff sign-in; ``all`` = the same for
everybody. 404 is also the answer for an id that does not exist, with the same bytes. What an address is asked about
stands in the third column (``tests.consistency.world``), who is seldom asked behind the others (``FJ=200``: a judge of the
filing division), what is sent with a POST in ``body_of``. A 403 may only tell
of a thing that this person sees elsewhere in the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from feedback.models import QUESTIONS
from tests.consistency.world import ROLES

TABLE = """
# address                method about            AN  SC  ZH  LI  CH  WA  CK  C2  CB  JU  JB  CC  HE  FI  SU  DI  AD
# -- for everybody
public:home              GET    -                all 200
public:prefs             GET    -                all 200
public:prefs             POST   -                all 302
public:help              GET    -                all 200
public:a11y              GET    -                all 200
public:privacy           GET    -                all 200
public:outages           GET    -                all 200
public:outage_record     GET    -                all 200
public:styleguide        GET    -                all 200
filing:precheck          GET    -                all 200
pages:precheck_result    GET    -                all 200
payments:fees            GET    -                all 200
documents:verify_paper   GET    -                all 200
documents:verify_paper   POST   -                all 200
qrlinks:landing          GET    token            all 200
qrlinks:verify           GET    token            all 200
qrlinks:verify           POST   token            all 302
qrlinks:not_mine         GET    token            all 200
qrlinks:not_mine         POST   token            all 302
qrlinks:scan             GET    -                all 200
qrlinks:scan             POST   -                all 302
qrlinks:verify_typed     GET    -                all 302
qrlinks:verify_typed     POST   -                all 302
qrlinks:code             GET    -                all 302
qrlinks:code             POST   -                all 302
qrlinks:pass             GET    -                all 200
qrlinks:pass             POST   -                all 422
complaints:start         GET    -                all 200
complaints:start         POST   -                all 200
complaints:keep          POST   -                all 404
complaints:roots         GET    -                all 200
public:verify_receipt    GET    -                all 200
public:verify_receipt    POST   -                all 200
public:roots             GET    -                all 200
public:roots_file        GET    -                all 200
public:roots_feed        GET    -                all 200
public:trail_keys        GET    -                all 200
public:verifier          GET    -                all 200
qrlinks:suspicious       GET    -                all 200
qrlinks:suspicious       POST   -                all 302
pages:scan_display       POST   token            all 302
feedback:service_times   GET    -                all 200
feedback:suggest         GET    -                all 200
feedback:suggest         POST   -                all 302
notifications:sms_receipt POST  -                all 401
notifications:mail_receipt POST -                all 401
payments:notify          POST   gateway          all 401
/healthz                 GET    -                all 200
/readyz                  GET    -                all 200
/metrics                 GET    -                all 200
# -- look-ups for machines
api:courts               GET    -                all 200
api:causes               GET    -                all 200
api:materials            GET    -                all 200
api:deadlines-compute    POST   -                all 200
api:case-numbers-parse   GET    -                all 200
api:fees-quote           POST   -                all 200
api:assistant-ask        POST   -                all 200
api:identity-check       POST   -                all 200
api:documents-verify     POST   -                all 200
api:receipts-verify      POST   -                all 200
api-schema               GET    -                all 200
api-docs                 GET    -                all 200
# -- stand-ins of demo and test mode
demo/sms                 POST   -                all 401
standins:sms             POST   -                all 401
standins:sms_aliyun      POST   -                all 404
standins:sms_tencent     POST   -                all 200
standins:dingtalk        POST   -                all 200
standins:dingtalk_authorize GET  -               all 400
standins:dingtalk_token  POST   -                all 400
standins:dingtalk_me     GET    -                all 401
standins:weixin_token    POST   -                all 200
standins:weixin_send     POST   -                all 200
standins:weixin_authorize GET   -                all 400
standins:weixin_openid   GET    -                all 200
standins:tsa             POST   -                all 415
standins:register_lawyers POST  -                all 401
standins:register_organisations POST -           all 401
standins:register_people POST   -                all 401
standins:outbox          GET    -                all 200
standins:cashier_create  POST   -                all 401
standins:cashier_query   POST   -                all 401
standins:cashier_close   POST   -                all 401
standins:cashier_refund  POST   -                all 401
standins:cashier_query_refund POST -             all 401
standins:cashier_bill    POST   -                all 401
standins:cashier_orders  GET    -                all 200
standins:wechat_create   POST   pay_kind         all 401
standins:wechat_query    GET    order_no         all 401
standins:wechat_close    POST   order_no         all 401
standins:wechat_refund   POST   -                all 401
standins:wechat_query_refund GET refund_no       all 401
standins:wechat_bill     GET    -                all 401
standins:wechat_bill_download GET -              all 401
standins:wechat_pay      GET    order_no         all 404
standins:alipay          GET    -                all 200
standins:alipay_bill     GET    bill_day         all 200
standins:cashier         GET    order            all 200
standins:cashier_act     POST   order            all 302
# -- signing in and out
accounts:sign_in         GET    -                200 200 302 302 302 302 200 200 200 200 200 200 200 200 200 200 200
accounts:sign_in         POST   -                all 422
accounts:code            GET    -                all 302
accounts:code            POST   -                all 302
accounts:staff_sign_in   GET    -                200 200 200 200 200 200 302 302 302 302 302 302 302 302 302 302 302
accounts:staff_sign_in   POST   -                all 422
accounts:sign_out        POST   -                all 302
accounts:role            POST   -                in  in  302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
accounts:weixin          GET    -                200 200 302 302 302 302 200 200 200 200 200 200 200 200 200 200 200
accounts:weixin          POST   -                all 422
accounts:dingtalk        GET    -                200 200 302 302 302 302 200 200 200 200 200 200 200 200 200 200 200
accounts:dingtalk        POST   -                all 422
accounts:staff_dingtalk  GET    -                200 200 200 200 200 200 302 302 302 302 302 302 302 302 302 302 302
accounts:staff_dingtalk  POST   -                all 422
accounts:ways            GET    -                in  in  200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
accounts:ways            POST   -                in  in  404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
accounts:resend          GET    -                in  in  200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
accounts:resend          POST   -                in  in  302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
accounts:real_name       GET    -                in  in  200 200 200 200 403 403 403 403 403 403 403 403 403 403 403
accounts:real_name       POST   -                in  in  422 422 422 422 403 403 403 403 403 403 403 403 403 403 403
# -- my things
pages:my                 GET    -                in  in  200 200 200 200 302 302 302 302 302 302 302 302 302 302 302
pages:readers            GET    -                in  in  200 200 200 200 302 302 302 302 302 302 302 302 302 302 302
pages:own_data           GET    -                in  in  200 200 200 200 302 302 302 302 302 302 302 302 302 302 302
pages:own_data           POST   -                in  in  302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
pages:organisations      GET    -                in  in  200 200 200 200 404 404 404 404 404 404 404 404 404 404 404
pages:organisations      POST   -                in  in  422 422 422 422 404 404 404 404 404 404 404 404 404 404 404
pages:organisation       GET    organisation     in  in  404 404 200 404 404 404 404 404 404 404 404 404 404 404 404
pages:organisation       POST   organisation     in  in  404 404 302 404 404 404 404 404 404 404 404 404 404 404 404
pages:clients            GET    -                in  in  200 200 200 200 404 404 404 404 404 404 404 404 404 404 404
pages:clients            POST   -                in  in  404 404 404 302 404 404 404 404 404 404 404 404 404 404 404
pages:agents             GET    case             in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
pages:agents             POST   case             in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
pages:desk_agents        GET    case             st  st  404 404 404 404 200 200 404 200 404 200 404 404 404 404 404
pages:desk_agents        POST   case             st  st  404 404 404 404 302 302 404 302 404 302 404 404 404 404 404
pages:find_my_cases      POST   -                in  in  302 302 302 302 404 404 404 404 404 404 404 404 404 404 404
pages:notices            GET    -                in  in  200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
pages:notices_read       POST   -                in  in  302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
pages:receipt_proof      GET    receipt          404 404 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
pages:receipt            GET    receipt          404 404 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
# -- an application: only the applicant's, whatever its state
filing:start             GET    -                in  in  200 200 200 200 403 403 403 403 403 403 403 403 403 403 403
filing:start             POST   -                in  in  302 302 302 302 403 403 403 403 403 403 403 403 403 403 403
filing:tasks             GET    draft            in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:tasks             GET    sent             in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:tasks             GET    case_filing      in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:people            GET    draft            in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:person_new        GET    draft            in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:person_new        POST   draft            in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:person            GET    draft            in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:person            POST   draft            in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:person_remove     POST   draft            in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:capacity          GET    draft            in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:capacity          POST   draft            in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:people_list       GET    draft            in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:people_list       POST   draft            in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:group             GET    draft            in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:group             POST   draft            in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:agents            GET    draft            in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:agent_new         GET    draft            in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:agent_new         POST   draft            in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:agent             GET    draft            in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:agent             POST   draft            in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:agent_remove      POST   draft            in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:page              GET    draft            in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:page              POST   draft            in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:evidence          GET    draft            in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:evidence          POST   draft            in  in  422 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:material_remove   POST   draft            in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:delivery          GET    draft            in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:delivery          POST   draft            in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:check             GET    draft            in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:check             POST   returned         in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:fix               GET    returned         in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:sent              GET    sent             in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:from_file         GET    draft            in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:from_file         POST   draft            in  in  422 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:from_file_take    GET    draft            in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:from_file_take    POST   draft            in  in  422 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:pleading_pdf      GET    draft            in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:pleading_docx     GET    sent             in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:withdraw          GET    sent             in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:withdraw          POST   sent             in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:mediation         GET    asked            in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:mediation         POST   asked            in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:mediation_stop    POST   mediating        in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:complain          GET    sent             in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:complain          POST   sent             in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
# -- a case: the plaintiff signed in, the defendant by scan; never by name alone
pages:case               GET    case             in  200 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
pages:case_timeline      GET    case             in  200 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
pages:case_files         GET    case             in  200 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
pages:case_people        GET    case             in  200 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:defence           GET    sued             in  in  404 404 200 404 404 404 404 404 404 404 404 404 404 404 404
filing:defence           POST   sued             in  in  404 404 302 404 404 404 404 404 404 404 404 404 404 404 404
casefiles:file           GET    case             in  200 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
casefiles:opened         GET    case             in  200 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
casefiles:download       GET    case             in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
casefiles:download       POST   case             in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
casefiles:page           GET    evidence         in  404 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
casefiles:page           GET    li_notice        in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
casefiles:image          GET    evidence         in  404 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
casefiles:image          GET    li_notice        in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
# -- acting for somebody who agreed: beginning, going on, ending; who acts for me
assistance:acting        GET    -                in  in  200 200 200 200 404 404 404 404 404 404 404 404 404 404 404
assistance:acting        POST   -                in  in  422 422 422 422 404 404 404 404 404 404 404 404 404 404 404
assistance:acting_desk   GET    -                st  st  403 403 403 403 200 200 200 403 403 403 403 403 403 403 403
assistance:acting_desk   POST   -                st  st  403 403 403 403 422 422 422 403 403 403 403 403 403 403 403
assistance:acting_resume POST   -                in  in  404 404 404 404 302 404 404 404 404 404 404 404 404 404 404
assistance:acting_end    POST   -                in  in  302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
assistance:acting_over   GET    -                in  in  200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
assistance:acting_closed GET    -                in  in  200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
assistance:my_acting     GET    -                in  in  200 200 200 200 404 404 404 404 404 404 404 404 404 404 404
assistance:my_acting     POST   -                in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
assistance:ask           GET    case             in  200 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
assistance:ask           POST   case             in  302 302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
assistance:request       GET    li_help          in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
assistance:cancel        POST   li_help          in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
assistance:desk          GET    -                st  st  403 403 403 403 200 200 200 403 403 403 403 403 403 403 403
notifications:unreachable GET   -                st  st  403 403 403 403 200 200 200 403 403 403 403 403 403 403 403
notifications:unreachable_settle POST bounced     st  st  403 403 403 403 302 302 404 403 403 403 403 403 403 403 403
assistance:desk_one      GET    help_desk        st  st  403 403 403 403 200 200 404 403 403 403 403 403 403 403 403
assistance:desk_one      POST   help_desk        st  st  403 403 403 403 302 302 404 403 403 403 403 403 403 403 403
feedback:new             GET    case             in  200 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
feedback:new             POST   case             in  302 302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
feedback:thread          GET    zhang_thread     in  404 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
feedback:thread          GET    li_thread        in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
feedback:thread          POST   li_thread        in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
feedback:exchanged       GET    case             in  200 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
feedback:record          GET    zhang_thread     in  404 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
feedback:read            POST   zhang_thread     in  404 302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
feedback:answer_survey   GET    invitation       in  404 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
feedback:answer_survey   POST   invitation       in  404 302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
feedback:rate            POST   zhang_thread     in  404 302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
payments:bill            GET    bill             in  in  200 404 404 404 200 200 404 404 404 404 404 200 404 404 404
payments:pay             POST   bill             in  in  302 404 404 404 403 403 404 404 404 404 404 403 404 404 404
payments:relief          GET    bill             in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
payments:relief          POST   bill             in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
pages:case_money         GET    case             in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
pages:ask_paper          GET    own_copy         in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
pages:ask_paper          POST   own_copy         in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
pages:service            GET    case             in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
pages:service            POST   case             in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
pages:withdraw           GET    case             in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
pages:withdraw           POST   case             in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
pages:withdraw_back      POST   case             in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
payments:relief_withdraw POST   bill             in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
payments:result          GET    bill             in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
payments:code            GET    bill             in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
payments:check           POST   bill             in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
payments:refund          GET    refund           in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
payments:refund          POST   refund           in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
payments:refund_ask      GET    bill             in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
payments:refund_ask      POST   bill             in  in  422 404 404 404 404 404 404 404 404 404 404 404 404 404 404
# -- files and papers: who owns it decides
documents:file           GET    file             in  404 302 404 404 404 302 302 404 302 404 302 404 404 404 404 404
documents:preview        GET    file             in  404 302 404 404 404 302 302 404 302 404 302 404 404 404 404 404
documents:link           GET    token            all 404
documents:file_page      GET    file             in  404 200 404 404 404 200 200 404 200 404 200 404 404 404 404 404
documents:paper          GET    zhang_paper      in  404 302 404 404 404 302 302 404 302 404 302 404 404 404 404 404
documents:delivery_record GET   zhang_paper      in  404 200 404 404 404 200 200 404 200 404 200 404 404 404 404 404
documents:delivery_record GET   li_paper         in  200 404 404 404 404 200 200 404 200 404 200 404 404 404 404 404
documents:paper          GET    li_paper         in  302 404 404 404 404 302 302 404 302 404 302 404 404 404 404 404
documents:paper_page     GET    li_paper         in  200 404 404 404 404 200 200 404 200 404 200 404 404 404 404 404
# -- the intake clerk's desk
filing:queue             GET    -                st  st  403 403 403 403 200 200 200 403 403 403 403 403 403 403 403
filing:queue             POST   -                st  st  403 403 403 403 302 302 422 403 403 403 403 403 403 403 403
filing:workload          GET    -                st  st  403 403 403 403 200 200 200 403 403 403 403 403 403 403 403
filing:views             GET    -                st  st  403 403 403 403 200 200 200 403 403 403 403 403 403 403 403
filing:views             POST   -                st  st  403 403 403 403 422 422 422 403 403 403 403 403 403 403 403
filing:view_remove       POST   view             st  st  403 403 403 403 302 404 404 403 403 403 403 403 403 403 403
filing:review            GET    sent             st  st  403 403 403 403 200 200 404 404 404 403 403 403 403 403 403 FJ=404
filing:review            GET    refused_by       st  st  403 403 403 403 200 200 404 404 404 403 403 403 403 403 403 FJ=200
filing:desk_pleading     GET    sent             st  st  403 403 403 403 200 200 404 403 403 403 403 403 403 403 403
filing:claim             POST   sent             st  st  403 403 403 403 302 409 404 403 403 403 403 403 403 403 403
filing:accept            POST   sent             st  st  403 403 403 403 302 409 404 403 403 403 403 403 403 403 403
filing:fix_notice        GET    sent             st  st  403 403 403 403 200 200 404 403 403 403 403 403 403 403 403
filing:fix_notice        POST   sent             st  st  403 403 403 403 302 409 404 403 403 403 403 403 403 403 403
filing:refuse            GET    sent             st  st  403 403 403 403 200 200 404 403 403 403 403 403 403 403 403
filing:refuse            POST   sent             st  st  403 403 403 403 302 409 404 403 403 403 403 403 403 403 403
filing:hand_over         GET    sent             st  st  403 403 403 403 200 200 404 403 403 403 403 403 403 403 403
filing:hand_over         POST   sent             st  st  403 403 403 403 302 409 404 403 403 403 403 403 403 403 403
filing:ask_mediation     POST   sent             st  st  403 403 403 403 302 409 404 403 403 403 403 403 403 403 403
filing:end_mediation     POST   mediating        st  st  403 403 403 403 302 302 404 403 403 403 403 403 403 403 403
# -- the filing judge, and who oversees the desk: judges of other divisions see nothing there
filing:rulings           GET    -                st  st  403 403 403 403 403 403 403 200 200 403 403 403 403 403 403
filing:rule              GET    refusal          st  st  403 403 403 403 403 403 403 404 404 403 403 403 403 403 403 FJ=200
filing:rule              POST   refusal          st  st  403 403 403 403 403 403 403 404 404 403 403 403 403 403 403 FJ=302
filing:overrides         GET    -                st  st  403 403 403 403 403 403 403 403 403 403 200 403 200 403 403
filing:override          GET    repeat           st  st  403 403 403 403 403 403 403 403 403 403 404 403 200 403 403
filing:override          POST   repeat           st  st  403 403 403 403 403 403 403 403 403 403 404 403 302 403 403
filing:complaints        GET    -                st  st  403 403 403 403 403 403 403 403 403 403 200 403 200 403 403
filing:complaint         GET    complaint        st  st  403 403 403 403 403 403 403 403 403 403 404 403 200 403 403
filing:complaint         POST   complaint        st  st  403 403 403 403 403 403 403 403 403 403 404 403 302 403 403
pages:desk_service       GET    case_party       st  st  404 404 404 404 200 200 404 200 404 200 404 404 404 404 404
pages:desk_service       POST   case_party       st  st  404 404 404 404 302 302 404 302 404 302 404 404 404 404 404
pages:assignments        GET    -                st  st  403 403 403 403 403 403 403 403 403 403 200 403 403 403 403
pages:assignment         GET    case             st  st  403 403 403 403 403 403 403 403 403 403 200 403 403 403 403
pages:assignment         POST   case             st  st  403 403 403 403 403 403 403 403 403 403 409 403 403 403 403
# -- the print desk of a court
documents:damaged        GET    -                st  st  403 403 403 403 200 200 200 200 200 200 403 403 403 403 200
documents:print_desk     GET    -                st  st  404 404 404 404 200 200 200 200 200 200 404 404 404 404 404
documents:posted         POST   delivery         st  st  404 404 404 404 302 302 422 302 422 302 404 404 404 404 404
documents:covers         POST   delivery         st  st  404 404 404 404 302 302 302 302 302 302 404 404 404 404 404
documents:print_papers   POST   delivery         st  st  404 404 404 404 302 302 302 302 302 302 404 404 404 404 404
documents:offices        GET    -                st  st  404 404 404 404 200 200 200 200 200 200 404 404 404 404 404
documents:office_new     GET    -                st  st  404 404 404 404 200 200 200 200 200 200 404 404 404 404 404
documents:office_new     POST   -                st  st  404 404 404 404 302 302 302 302 302 302 404 404 404 404 404
documents:office         GET    office           st  st  404 404 404 404 200 200 404 200 404 200 404 404 404 404 404
documents:office         POST   office           st  st  404 404 404 404 302 302 404 302 404 302 404 404 404 404 404
documents:office_retire  POST   office           st  st  404 404 404 404 302 302 404 302 404 302 404 404 404 404 404
documents:delivery       GET    delivery         st  st  404 404 404 404 200 200 404 200 404 200 404 404 404 404 404
documents:sent           POST   delivery         st  st  404 404 404 404 302 302 404 302 404 302 404 404 404 404 404
documents:outcome        POST   delivery         st  st  404 404 404 404 302 302 404 302 404 302 404 404 404 404 404
documents:reprint        GET    delivery         st  st  404 404 404 404 200 200 404 200 404 200 404 404 404 404 404
documents:reprint        POST   delivery         st  st  404 404 404 404 302 302 404 302 404 302 404 404 404 404 404
# -- a party's own lost copy
qrlinks:lost             GET    own_copy         in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
qrlinks:lost             POST   own_copy         in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
# -- the desk of codes: check tool, switches, reports, identification at the counter
qrlinks:desk_check       GET    -                st  st  403 403 403 403 200 200 200 200 200 200 403 403 403 403 403
qrlinks:desk_check       POST   -                st  st  403 403 403 403 200 200 200 200 200 200 403 403 403 403 403
qrlinks:desk_copy        GET    li_paper         st  st  403 403 403 403 200 200 404 200 404 200 403 403 403 403 403
qrlinks:desk_copy_off    GET    li_paper         st  st  403 403 403 403 200 200 404 200 404 200 403 403 403 403 403
qrlinks:desk_copy_off    POST   li_paper         st  st  403 403 403 403 302 302 404 302 404 302 403 403 403 403 403
qrlinks:desk_case        GET    case             st  st  403 403 403 403 200 200 404 200 404 200 403 403 403 403 403
qrlinks:desk_case_switch POST   case             st  st  403 403 403 403 302 302 404 302 404 302 403 403 403 403 403
qrlinks:desk_phone       POST   case_people      st  st  403 403 403 403 302 302 404 302 404 302 403 403 403 403 403
qrlinks:desk_agent_end   POST   case_people      st  st  403 403 403 403 302 302 404 302 404 302 403 403 403 403 403
qrlinks:desk_identify    GET    -                st  st  403 403 403 403 200 200 200 403 403 200 403 403 403 403 403
qrlinks:desk_identify    POST   -                st  st  403 403 403 403 422 422 422 403 403 422 403 403 403 403 403
accounts:confirm_identity GET   -                st  st  403 403 403 403 200 200 200 403 403 403 403 403 403 403 403
accounts:confirm_identity POST  -                st  st  403 403 403 403 422 422 422 403 403 403 403 403 403 403 403
qrlinks:desk_reports     GET    -                st  st  403 403 403 403 200 200 200 403 403 403 403 403 200 403 200
qrlinks:desk_report      GET    code_report      st  st  403 403 403 403 200 200 404 403 403 403 403 403 200 403 404
qrlinks:desk_report      POST   code_report      st  st  403 403 403 403 302 302 404 403 403 403 403 403 302 403 404
qrlinks:desk_report_take POST   code_report      st  st  403 403 403 403 302 302 404 403 403 403 403 403 302 403 404
# -- other desks of staff
pages:desk               GET    -                st  st  302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
pages:desk_cases         GET    -                st  st  403 403 403 403 200 200 200 200 200 200 403 403 403 403 403
pages:desk_case          GET    case             st  st  403 403 403 403 200 200 404 200 404 200 403 403 403 403 403
casefiles:search         GET    -                in  in  200 200 200 200 403 403 403 403 403 403 403 403 403 403 403
casefiles:ask            GET    -                in  in  200 200 200 200 403 403 403 403 403 403 403 403 403 403 403
casefiles:ask            POST   -                in  in  422 302 422 302 403 403 403 403 403 403 403 403 403 403 403
casefiles:request        GET    reading          in  in  404 404 200 404 403 403 403 403 403 403 403 403 403 403 403
casefiles:take_back      POST   reading          in  in  404 404 302 404 403 403 403 403 403 403 403 403 403 403 403
casefiles:desk_requests  GET    -                st  st  403 403 403 403 403 403 403 200 200 403 200 403 403 403 403
casefiles:desk_request   GET    reading          st  st  403 403 403 403 403 403 403 200 404 403 200 403 403 403 403
casefiles:desk_request   POST   reading          st  st  403 403 403 403 403 403 403 302 404 403 302 403 403 403 403
casefiles:add            GET    case             st  st  403 403 403 403 403 403 403 200 404 200 403 403 403 403 403
casefiles:add            POST   case             st  st  403 403 403 403 403 403 403 422 404 422 403 403 403 403 403
casefiles:archive        POST   case             st  st  403 403 403 403 403 403 403 409 404 409 403 403 403 403 403
casefiles:correct        GET    evidence_entry   st  st  403 403 403 403 403 403 403 200 404 200 403 403 403 403 403
casefiles:correct        POST   evidence_entry   st  st  403 403 403 403 403 403 403 302 404 302 403 403 403 403 403
casefiles:seal           GET    evidence_entry   st  st  403 403 403 403 403 403 403 200 404 403 403 403 403 403 403
casefiles:seal           POST   evidence_entry   st  st  403 403 403 403 403 403 403 302 404 403 403 403 403 403 403
casefiles:lift           POST   order_of_judge   st  st  403 403 403 403 403 403 403 302 404 403 403 403 403 403 403
casefiles:desk_file      GET    case             st  st  403 403 403 403 200 200 404 200 404 200 403 403 302 403 403
casefiles:desk_page      GET    evidence         st  st  403 403 403 403 200 200 404 200 404 200 403 403 404 403 403
casefiles:desk_page      GET    deliberation     st  st  403 403 403 403 404 404 404 200 404 200 403 403 404 403 403
casefiles:desk_image     GET    evidence         st  st  403 403 403 403 200 200 404 200 404 200 403 403 404 403 403
casefiles:desk_image     GET    deliberation     st  st  403 403 403 403 404 404 404 200 404 200 403 403 404 403 403
filing:defence_passed_on POST   case             st  st  403 403 403 403 403 403 404 302 404 302 403 403 403 403 403
pages:assistant          GET    case             st  st  403 403 403 403 403 403 403 200 404 403 403 403 403 403 403
pages:assistant          POST   case             st  st  403 403 403 403 403 403 403 302 404 403 403 403 403 403 403
pages:desk_bills         GET    -                st  st  403 403 403 403 200 200 200 403 403 403 403 200 403 403 403
payments:desk_refunds    GET    -                st  st  403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
payments:desk_refund     GET    refund           st  st  403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
payments:desk_refund     POST   refund           st  st  403 403 403 403 403 403 403 403 403 403 403 422 403 403 403
payments:bank_lists      GET    -                st  st  403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
payments:bank_lists      POST   -                st  st  403 403 403 403 403 403 403 403 403 403 403 302 403 403 403
payments:bank_list       GET    bank_list        st  st  403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
payments:bank_list       POST   bank_list        st  st  403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
payments:bank_file       GET    bank_list        st  st  403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
# -- the desks of finance
payments:finance         GET    -                st  st  403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
payments:counter         GET    -                st  st  403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
payments:counter_enter   GET    bill             st  st  403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
payments:counter_enter   POST   bill             st  st  403 403 403 403 403 403 403 403 403 403 403 422 403 403 403
payments:suspense_list   GET    -                st  st  403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
payments:suspense        GET    suspense         st  st  403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
payments:suspense        POST   suspense         st  st  403 403 403 403 403 403 403 403 403 403 403 422 403 403 403
payments:reviews         GET    -                st  st  403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
payments:review          GET    review           st  st  403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
payments:review          POST   review           st  st  403 403 403 403 403 403 403 403 403 403 403 422 403 403 403
payments:recon           GET    -                st  st  403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
payments:bank_statement  GET    -                st  st  403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
payments:bank_statement  POST   -                st  st  403 403 403 403 403 403 403 403 403 403 403 422 403 403 403
payments:bank_sample     GET    -                st  st  403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
payments:difference      GET    difference       st  st  403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
payments:difference      POST   difference       st  st  403 403 403 403 403 403 403 403 403 403 403 422 403 403 403
payments:recon_day       GET    bank_day         st  st  403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
payments:recon_day       POST   bank_day         st  st  403 403 403 403 403 403 403 403 403 403 403 302 403 403 403
payments:days            GET    -                st  st  403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
payments:day             GET    bank_day         st  st  403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
payments:day             POST   bank_day         st  st  403 403 403 403 403 403 403 403 403 403 403 302 403 403 403
payments:day_file        GET    bank_day         st  st  403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
payments:month           GET    -                st  st  403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
payments:month_file      GET    bank_day         st  st  403 403 403 403 403 403 403 403 403 403 403 200 403 403 403
# -- the bench
feedback:bench           GET    -                st  st  403 403 403 403 403 403 403 200 200 200 200 403 403 403 403
feedback:bench_record    GET    zhang_desk       st  st  403 403 403 403 403 403 403 200 404 200 404 403 404 403 403
feedback:contacts        GET    -                st  st  403 403 403 403 403 403 403 200 200 200 200 403 200 403 403
feedback:contacts_file   GET    sheet_kind       st  st  403 403 403 403 403 403 403 200 200 200 200 403 200 403 403
feedback:templates       GET    -                st  st  403 403 403 403 403 403 403 403 403 403 200 403 403 403 403
feedback:template_new    GET    -                st  st  403 403 403 403 403 403 403 403 403 403 200 403 403 403 403
feedback:template_new    POST   -                st  st  403 403 403 403 403 403 403 403 403 403 302 403 403 403 403
feedback:template        GET    reply_template   st  st  403 403 403 403 403 403 403 403 403 403 200 403 403 403 403
feedback:template        POST   reply_template   st  st  403 403 403 403 403 403 403 403 403 403 302 403 403 403 403
feedback:template_retire POST   reply_template   st  st  403 403 403 403 403 403 403 403 403 403 302 403 403 403 403
feedback:bench_note      POST   li_desk          st  st  403 403 403 403 403 403 403 302 404 302 302 403 404 403 403
feedback:bench_seen      POST   li_desk          st  st  403 403 403 403 403 403 403 302 404 302 302 403 404 403 403
feedback:bench_correct   GET    zhang_answer     st  st  403 403 403 403 403 403 403 200 404 404 404 403 404 403 403
feedback:bench_correct   POST   zhang_answer     st  st  403 403 403 403 403 403 403 302 404 404 404 403 404 403 403
feedback:bench_check     GET    merits           st  st  403 403 403 403 403 403 403 200 404 200 403 403 403 403 403
feedback:bench_check     POST   merits           st  st  403 403 403 403 403 403 403 302 404 302 403 403 403 403 403
feedback:bench_message   GET    zhang_desk       st  st  403 403 403 403 403 403 403 200 404 200 404 403 404 403 403
feedback:bench_message   GET    li_desk          st  st  403 403 403 403 403 403 403 200 404 200 200 403 404 403 403
feedback:bench_message   POST   li_desk          st  st  403 403 403 403 403 403 403 422 404 422 302 403 404 403 403
feedback:bench_message   GET    overseen_desk    st  st  403 403 403 403 403 403 403 200 404 200 200 403 200 403 403
feedback:bench_message   POST   overseen_desk    st  st  403 403 403 403 403 403 403 422 404 422 422 403 302 403 403
feedback:division        GET    -                st  st  403 403 403 403 403 403 403 403 403 403 200 403 403 403 403
feedback:leave           GET    -                st  st  403 403 403 403 403 403 403 403 403 403 200 403 403 403 403
feedback:leave           POST   -                st  st  403 403 403 403 403 403 403 403 403 403 302 403 403 403 403
feedback:leave_end       POST   -                st  st  403 403 403 403 403 403 403 403 403 403 302 403 403 403 403
feedback:rework          GET    rework           st  st  403 403 403 403 403 403 403 403 403 403 200 403 200 403 403
feedback:rework          POST   rework           st  st  403 403 403 403 403 403 403 403 403 403 302 403 403 403 403
pages:oversight_threads  GET    -                st  st  403 403 403 403 403 403 403 403 403 403 403 403 200 403 403
pages:reads              GET    -                st  st  403 403 403 403 403 403 403 403 403 403 403 403 200 200 403
pages:read_case          GET    case             st  st  403 403 403 403 403 403 403 403 403 403 403 403 200 403 403
pages:read_case          POST   case             st  st  403 403 403 403 403 403 403 403 403 403 403 403 302 403 403
feedback:surveys         GET    -                st  st  403 403 403 403 403 403 403 403 403 403 403 403 200 403 403
feedback:surveys         POST   -                st  st  403 403 403 403 403 403 403 403 403 403 403 403 302 403 403
feedback:survey          GET    survey           st  st  403 403 403 403 403 403 403 403 403 403 403 403 200 403 403
feedback:suggestions     GET    -                st  st  403 403 403 403 403 403 403 403 403 403 403 403 200 403 403
feedback:suggestion      GET    suggestion       st  st  403 403 403 403 403 403 403 403 403 403 403 403 200 403 403
feedback:suggestion      POST   suggestion       st  st  403 403 403 403 403 403 403 403 403 403 403 403 302 403 403
payments:relief_decide   GET    relief           st  st  403 403 403 403 403 403 403 200 404 403 403 403 403 403 403
payments:relief_decide   POST   relief           st  st  403 403 403 403 403 403 403 422 404 403 403 403 403 403 403
pages:close_case         GET    case             st  st  403 403 403 403 403 403 403 200 404 403 403 403 403 403 403
pages:close_case         POST   case             st  st  403 403 403 403 403 403 403 200 404 403 403 403 403 403 403
pages:close_effect       GET    judged           st  st  403 403 403 403 403 403 403 200 404 403 403 403 403 403 403
pages:close_effect       POST   judged           st  st  403 403 403 403 403 403 403 422 404 403 403 403 403 403 403
pages:change_track       GET    case             st  st  403 403 403 403 403 403 403 200 404 403 403 403 403 403 403
pages:change_track       POST   case             st  st  403 403 403 403 403 403 403 422 404 403 403 403 403 403 403
pages:change_claim       GET    case             st  st  403 403 403 403 403 403 403 200 404 403 403 403 403 403 403
pages:change_claim       POST   case             st  st  403 403 403 403 403 403 403 422 404 403 403 403 403 403 403
pages:withdrawal         GET    withdrawal       st  st  403 403 403 403 403 403 403 200 404 403 403 403 403 403 403
pages:withdrawal         POST   withdrawal       st  st  403 403 403 403 403 403 403 422 404 403 403 403 403 403 403
documents:wordings       GET    -                st  st  403 403 403 403 403 403 403 403 403 403 200 403 403 403 200
documents:seals          GET    -                st  st  403 403 403 403 403 403 403 403 403 403 200 403 403 403 200
documents:seals          POST   -                st  st  403 403 403 403 403 403 403 403 403 403 422 403 403 403 422
documents:wording        GET    wording          st  st  403 403 403 403 403 403 403 403 403 403 200 403 403 403 200
documents:wording        POST   wording          st  st  403 403 403 403 403 403 403 403 403 403 422 403 403 403 422
documents:wording_pdf    GET    wording          st  st  403 403 403 403 403 403 403 403 403 403 200 403 403 403 200
documents:wording_page   GET    wording          st  st  403 403 403 403 403 403 403 403 403 403 200 403 403 403 200
pages:papers_batch_new   GET    -                st  st  403 403 403 403 403 403 403 200 200 200 403 403 403 403 403
pages:papers_batch_new   POST   -                st  st  403 403 403 403 403 403 403 200 200 200 403 403 403 403 403
pages:papers_batch       GET    papers           st  st  403 403 403 403 403 403 403 404 404 200 403 403 403 403 403
pages:papers_batch       POST   papers           st  st  403 403 403 403 403 403 403 404 404 302 403 403 403 403 403
pages:draft_new          GET    case             st  st  403 403 403 403 200 200 404 200 404 200 403 403 403 403 403
pages:draft_new          POST   case             st  st  403 403 403 403 422 422 404 422 404 422 403 403 403 403 403
pages:draft_correct      GET    correction       st  st  403 403 403 403 200 200 404 200 404 200 403 403 403 403 403
pages:draft_correct      POST   correction       st  st  403 403 403 403 302 302 404 302 404 302 403 403 403 403 403
pages:draft              GET    paper_draft      st  st  403 403 403 403 404 404 404 200 404 200 404 403 403 403 403
pages:draft              POST   paper_draft      st  st  403 403 403 403 404 404 404 302 404 302 404 403 403 403 403
pages:draft              GET    handed_in        st  st  403 403 403 403 404 404 404 200 404 200 200 403 403 403 403
pages:draft              POST   handed_in        st  st  403 403 403 403 404 404 404 302 404 302 302 403 403 403 403
pages:draft_edit         GET    paper_draft      st  st  403 403 403 403 404 404 404 200 404 200 404 403 403 403 403
pages:draft_edit         POST   paper_draft      st  st  403 403 403 403 404 404 404 412 404 412 404 403 403 403 403
pages:draft_file         GET    paper_draft      st  st  403 403 403 403 404 404 404 200 404 200 404 403 403 403 403
pages:draft_page         GET    draft_page       st  st  403 403 403 403 404 404 404 200 404 200 404 403 403 403 403
pages:participants       GET    case             st  st  403 403 403 403 403 403 403 200 404 200 403 403 403 403 403
pages:participants       POST   case             st  st  403 403 403 403 403 403 403 302 404 302 403 403 403 403 403
pages:participant_end    POST   participant      st  st  403 403 403 403 403 403 403 302 404 302 403 403 403 403 403
pages:desk_money         GET    case             st  st  403 403 403 403 200 200 404 200 404 200 403 403 403 403 403
payments:overdue         GET    overdue          st  st  403 403 403 403 403 403 403 200 404 403 403 403 403 403 403
payments:overdue         POST   overdue          st  st  403 403 403 403 403 403 403 422 404 403 403 403 403 403 403
# -- figures and machinery
stats:funnel             GET    -                st  st  403 403 403 403 403 403 403 403 403 403 403 403 200 403 403
stats:funnel_csv         GET    -                st  st  403 403 403 403 403 403 403 403 403 403 403 403 200 403 403
stats:oversight          GET    -                st  st  403 403 403 403 403 403 403 403 403 403 403 403 200 403 403
pages:outbox             GET    -                st  st  403 403 403 403 403 403 403 403 403 403 403 403 403 403 200
pages:jobs               GET    -                st  st  403 403 403 403 403 403 403 403 403 403 403 403 403 403 200
pages:outbox_requeue     GET    outbox           st  st  403 403 403 403 403 403 403 403 403 403 403 403 403 403 200
pages:outbox_requeue     POST   outbox           st  st  403 403 403 403 403 403 403 403 403 403 403 403 403 403 302
# -- other ways in: tables of claims, packages, tokens, appointments, keying in for a person
filing:batches           GET    -                in  in  200 200 200 200 403 403 403 403 403 403 403 403 403 403 403
filing:batch_new         GET    -                in  in  200 200 200 200 403 403 403 403 403 403 403 403 403 403 403
filing:batch_new         POST   -                in  in  422 422 422 422 403 403 403 403 403 403 403 403 403 403 403
filing:batch_template    GET    -                in  in  200 200 200 200 403 403 403 403 403 403 403 403 403 403 403
filing:batch             GET    batch            in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:batch_me          GET    batch            in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:batch_me          POST   batch            in  in  422 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:batch_agent       GET    batch            in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:batch_agent       POST   batch            in  in  422 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:batch_papers      GET    batch            in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:batch_papers      POST   batch            in  in  422 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:batch_paper_remove POST   batch            in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:batch_send        GET    batch            in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:batch_send        POST   batch            in  in  422 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:batch_cancel      GET    batch            in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:batch_cancel      POST   batch            in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:batch_problems    GET    batch            in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:batch_results     GET    batch            in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:package           GET    sent             in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
accounts:tokens          GET    -                in  in  200 200 200 200 403 403 403 403 403 403 403 403 403 403 403
accounts:tokens          POST   -                in  in  302 302 302 302 403 403 403 403 403 403 403 403 403 403 403
accounts:second_step     GET    -                all 302
accounts:second_step     POST   -                all 302
accounts:resets          GET    -                st  st  403 403 403 403 403 403 403 403 403 403 403 403 403 403 200
accounts:resets          POST   -                st  st  403 403 403 403 403 403 403 403 403 403 403 403 403 403 422
pages:trail_hold         GET    -                st  st  403 403 403 403 403 403 403 403 403 403 403 403 200 403 200
pages:trail_hold         POST   -                st  st  403 403 403 403 403 403 403 403 403 403 403 403 422 403 422
pages:closings           GET    -                st  st  403 403 403 403 403 403 403 403 403 403 403 403 200 403 200
pages:closings           POST   -                st  st  403 403 403 403 403 403 403 403 403 403 403 403 302 403 302
pages:corrections        GET    -                st  st  403 403 403 403 403 403 403 403 403 403 403 403 200 403 200
pages:corrections        POST   -                st  st  403 403 403 403 403 403 403 403 403 403 403 403 404 403 404
pages:outage_entries     GET    -                st  st  403 403 403 403 403 403 403 403 403 403 403 403 200 403 200
pages:outage_entries     POST   -                st  st  403 403 403 403 403 403 403 403 403 403 403 403 422 403 422
accounts:password_sign_in GET   -                200 200 302 302 302 302 200 200 200 200 200 200 200 200 200 200 200
accounts:password_sign_in POST  -                all 422
accounts:password        GET    -                in  in  200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
accounts:password        POST   -                in  in  302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
accounts:kiosk           GET    -                st  st  403 403 403 403 200 200 200 403 403 403 403 403 403 403 200
accounts:kiosk           POST   -                st  st  403 403 403 403 302 302 302 403 403 403 403 403 403 403 302
accounts:kiosk_over      GET    -                all 200
accounts:phone           GET    -                in  in  200 200 200 200 403 403 403 403 403 403 403 403 403 403 403
accounts:phone           POST   -                in  in  422 422 422 422 403 403 403 403 403 403 403 403 403 403 403
accounts:phones          GET    -                st  st  403 403 403 403 200 200 200 403 403 403 403 403 403 403 403
accounts:phones          POST   -                st  st  403 403 403 403 422 422 422 403 403 403 403 403 403 403 403
accounts:welcome         GET    welcome          all 200
accounts:welcome         POST   welcome          all 422
courts:people            GET    -                st  st  403 403 403 403 403 403 403 403 403 403 403 403 403 200 200 AU=200
courts:person_new        GET    -                st  st  403 403 403 403 403 403 403 403 403 403 403 403 403 403 200 AU=403
courts:person_new        POST   -                st  st  403 403 403 403 403 403 403 403 403 403 403 403 403 403 302 AU=403
courts:person            GET    colleague        st  st  403 403 403 403 403 403 403 403 403 403 403 403 403 200 200 AU=200
courts:person            POST   colleague        st  st  403 403 403 403 403 403 403 403 403 403 403 403 403 403 302 AU=404
accounts:sessions        GET    -                in  in  200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
accounts:sessions        POST   -                in  in  302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
accounts:step_up         GET    -                in  in  200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
accounts:step_up         POST   -                in  in  422 422 422 422 422 422 422 422 422 422 422 422 422 422 422
accounts:factors         GET    -                st  st  403 403 403 403 200 200 200 200 200 200 200 200 200 200 200
accounts:factors         POST   -                st  st  403 403 403 403 302 302 302 302 302 302 302 302 302 302 302
accounts:factor_app      GET    -                302 302 302 302 302 302 200 200 200 200 200 200 200 200 200 200 200
accounts:factor_app      POST   -                302 302 302 302 302 302 422 422 422 422 422 422 422 422 422 422 422
accounts:factor_key      GET    -                st  st  403 403 403 403 200 200 200 200 200 200 200 200 200 200 200
accounts:factor_key      POST   -                st  st  403 403 403 403 422 422 422 422 422 422 422 422 422 422 422
accounts:token_revoke    POST   token_row        in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
notifications:webhooks   GET    -                in  in  200 200 200 200 403 403 403 403 403 403 403 403 403 403 403
notifications:webhooks   POST   -                in  in  302 302 302 302 403 403 403 403 403 403 403 403 403 403 403
notifications:webhook    GET    hook             in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
notifications:webhook_confirm POST   hook             in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
notifications:webhook_end POST   hook             in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
notifications:webhook_again POST   hook             in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
notifications:feeds      GET    -                in  in  200 200 200 200 403 403 403 403 403 403 403 403 403 403 403
notifications:feeds      POST   -                in  in  302 302 302 302 403 403 403 403 403 403 403 403 403 403 403
notifications:wishes     GET    -                in  in  200 200 200 200 403 403 403 403 403 403 403 403 403 403 403
notifications:wishes     POST   -                in  in  302 302 302 302 403 403 403 403 403 403 403 403 403 403 403
notifications:mail       GET    -                in  in  200 200 200 200 403 403 403 403 403 403 403 403 403 403 403
notifications:mail       POST   -                in  in  422 422 422 422 403 403 403 403 403 403 403 403 403 403 403
notifications:weixin     GET    -                in  in  200 200 200 200 403 403 403 403 403 403 403 403 403 403 403
notifications:weixin     POST   -                in  in  422 422 422 422 403 403 403 403 403 403 403 403 403 403 403
notifications:feed_revoke POST   feed_row         in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
pages:feed_calendar      GET    feed_dates       all 200
pages:feed_events        GET    feed_news        all 200
api:filings              POST   -                401 401 422 422 422 422 403 403 403 403 403 403 403 403 403 403 403
api:cases                GET    -                401 401 200 200 200 200 403 403 403 403 403 403 403 403 403 403 403
api:case                 GET    case             401 401 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
api:filing               GET    sent             401 401 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:visits            GET    -                all 200
filing:visit_book        GET    slot             in  in  200 200 200 200 403 403 403 403 403 403 403 403 403 403 403
filing:visit_book        POST   slot             in  in  302 302 302 302 403 403 403 403 403 403 403 403 403 403 403
filing:visit             GET    visit            in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:visit_cancel      GET    visit            in  in  200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:visit_cancel      POST   visit            in  in  302 404 404 404 404 404 404 404 404 404 404 404 404 404 404
filing:visit_desk        GET    -                st  st  403 403 403 403 200 200 200 403 403 403 403 403 403 403 403
filing:visit_open        GET    -                st  st  403 403 403 403 200 200 200 403 403 403 403 403 403 403 403
filing:visit_open        POST   -                st  st  403 403 403 403 302 302 302 403 403 403 403 403 403 403 403
filing:visit_desk_one    GET    visit            st  st  403 403 403 403 200 200 404 403 403 403 403 403 403 403 403
filing:visit_assign      POST   visit            st  st  403 403 403 403 302 302 404 403 403 403 403 403 403 403 403
filing:visit_end         POST   visit            st  st  403 403 403 403 302 302 404 403 403 403 403 403 403 403 403
filing:visit_start       POST   visit            st  st  403 403 403 403 302 403 404 403 403 403 403 403 403 403 403
filing:keyed_new         GET    -                st  st  403 403 403 403 200 200 200 403 403 403 403 403 403 403 403
filing:keyed_new         POST   -                st  st  403 403 403 403 302 302 302 403 403 403 403 403 403 403 403
filing:keyed_slip        GET    keyed            st  st  404 404 404 404 200 404 404 404 404 404 404 404 404 404 404
filing:tasks             GET    keyed            in  in  404 404 404 404 200 404 404 404 404 404 404 404 404 404 404
# -- what changes while one looks (server-sent events)
/live/thread             GET    zhang_desk       404 404 200 404 404 404 404 404 404 200 404 200 404 404 404 404 404
/live/thread             GET    li_desk          404 200 404 404 404 404 404 404 404 200 404 200 200 404 404 404 404
/live/order              GET    order            404 404 200 404 404 404 200 200 404 404 404 404 404 200 404 404 404
/live/batch              GET    batch            404 404 200 404 404 404 404 404 404 404 404 404 404 404 404 404 404
"""

PRECHECK = {
    "what": "private_lending",
    "who": "natural",
    "amount": "63600",
    "due": "recent",
    "court": "某1234",
}
AGENT = {
    "kind": "lawyer",
    "name": "王律师",
    "firm": "某某律师事务所",
    "licence": "11301200810123456",
    "phone": "13800000003",
    "power": "general",
}
PRINTED_CODES = {"serial": "某1234-2026-000123-1", "check_code": "ABCDEF"}
QUERIES: dict[str, dict[str, str]] = {
    "pages:precheck_result": PRECHECK,
    "filing:start": PRECHECK,
    "feedback:new": {"topic": "other"},
    "api:materials": {"procedure": "CIVIL_LOAN"},
    "api:case-numbers-parse": {"number": "（2026）某1234民初1号"},
}
PASSPORT = {
    "phone": "13911112222", "name": "某某", "id_kind": "passport", "id_number": "P1234567", "seen": "on",
}  # fmt: skip
LOAN = {"form": "private_lending"}
PARTS: dict[str, dict[str, Any]] = {
    "filing:batch_new": LOAN,
    "filing:batch_template": LOAN | {"kind": "csv"},
    "filing:batch_problems": {"kind": "csv"},
    "filing:batch_results": {"kind": "csv"},
    "payments:bank_file": {"kind": "csv"},
    "filing:page": {"task": "claims", "page": "principal"},
}
"""Parts of an address that differ from the thing's own."""


def body_of(row: Row, bodies: dict[str, Any]) -> dict[str, Any] | None:
    """What a POST sends: a form that is right, so that only the person decides. None = nothing to send."""
    seen = bodies.get("seen", {})
    forms: dict[str, dict[str, Any]] = {
        "public:prefs": {"text": "large"},
        "payments:suspense": {"way": "apply"},
        "accounts:sign_in": {"phone": "12"},
        "accounts:staff_sign_in": {"username": "nobody", "password": "not-a-password"},
        "accounts:real_name": {"name": "张某", "id_kind": "id_card", "id_number": "130102198503140018"},
        "accounts:confirm_identity": PASSPORT,
        "pages:organisations": {"name": "某某商贸有限公司", "credit_code": "91350100M000100Y44"},
        "pages:organisation": {"name": "周某", "phone": "13911112222", "role": "handler"},
        "pages:clients": {"do": "decline", "agent": bodies.get("offer", "")},
        "pages:agents": {"name": "周某", "phone": "13911112222", "kind": "relative", "power": "general"},
        "pages:desk_agents": {"do": "end", "agent": bodies.get("agent", "")},
        "documents:verify_paper": PRINTED_CODES,
        "api:documents-verify": PRINTED_CODES,
        "public:verify_receipt": {"pasted": "回执\n-----签名-----\nx"},
        "api:receipts-verify": {"text": "回执", "signature": "x"},
        "qrlinks:pass": {"code": "ABCDEFGHJK"},
        "qrlinks:desk_check": {"text": "ABCDEFGHJK"},
        "qrlinks:desk_copy_off": {"reason": "lost"},
        "qrlinks:desk_case_switch": {"reason": "lost"},
        "qrlinks:desk_phone": {"phone": "13911112222", "seen": seen.get("phone", "")},
        "qrlinks:desk_identify": PRINTED_CODES
        | {"name": "张某", "id_number": "130102198503140018", "seen": "on"},
        "qrlinks:desk_report": {"finding": "ours", "words": ""},
        "complaints:start": {
            "form_key": "key-of-this-form",
            "court": "某1234",
            "who": "赵明",
            "about": "delay",
            "words": "一直不开庭",
            "confidential": "yes",
            "account": "no",
        },
        "qrlinks:suspicious": {"words": "让我转账"},
        "filing:person": {"kind": "natural", "name": "李某", "seen": seen.get("person", "")},
        "filing:person_remove": {"seen": seen.get("person", "")},
        "filing:person_new": {"kind": "natural", "name": "李某某"},
        "filing:capacity": {"capacity": "self"},
        "filing:people_list": {"lines": "赵某某"},
        "filing:group": {"together": "separate", "seen": seen.get("group", "")},
        "filing:agent_new": AGENT | {"name": "周律师"},
        "filing:agent": AGENT,
        "filing:agent_remove": {"seen": seen.get("filing_agent", "")},
        "filing:page": {
            "principal_as_of": "2026-01-05",
            "principal": "60000",
            "seen": seen.get("page", ""),
        },
        "filing:evidence": {"slot": "IOU"},
        "filing:delivery": {"e_delivery": "yes"},
        "pages:closings": {"do": "propose", "closing": bodies.get("closing", "")},
        "assistance:acting_resume": {"consent": bodies.get("consent", "")},
        "assistance:my_acting": {"consent": bodies.get("consent", "")},
        "qrlinks:verify": {"name": "张三", "last_six": "12003X"},
        "qrlinks:scan": {"service_code": "ABCDE23456"},
        "pages:scan_display": {"text": "large"},
        "accounts:role": {"role": "litigant"},
        "filing:start": PRECHECK | {"form_key": "key-of-this-form"},
        "filing:check": {"agree": "on", "signed_name": "张某", "form_key": "key-of-this-form"},
        "feedback:new": {"text": "请问什么时候开庭？", "form_key": "key-of-this-form"},
        "casefiles:ask": {
            "number": bodies["case_number"],
            "capacity": "third",
            "reason": "我是这笔借款的保证人",
            "form_key": "key-of-this-form",
        },
        "casefiles:desk_request": {"decision": "refuse", "answer": "与案件没有利害关系"},
        "casefiles:add": {"section": "records", "title": "庭审笔录"},
        "casefiles:correct": {
            "section": "evidence",
            "title": "借条原件",
            "reason": "名称写错",
            "seen": seen.get("entry", ""),
        },
        "casefiles:seal": {
            "what": "part",
            "page": "1",
            "top": "10",
            "bottom": "20",
            "ground": "privacy",
            "reason": "银行账号",
        },
        "casefiles:lift": {"reason": "当事人同意公开"},
        "assistance:ask": {
            "kind": "guide",
            "phone": "13800000001",
            "when": "上午",
            "words": "找不到窗口",
            "form_key": "key-of-this-form",
        },
        "assistance:desk_one": {"do": "call", "reached": "no"},
        "feedback:thread": {"text": "再补充一句。", "form_key": "key-of-this-form"},
        "feedback:rate": {"level": "satisfied", "words": ""},
        "feedback:answer_survey": dict.fromkeys(QUESTIONS, "basic") | {"words": ""},
        "feedback:suggest": {"court": bodies["court"], "text": "窗口早一点开门", "phone": ""},
        "feedback:leave": bodies["leave"],
        "feedback:leave_end": {"leave": bodies["running_leave"]},
        "pages:service": {
            "electronic": "yes",
            "postal_address": "某市某区某路1号",
            "confirmed": "on",
            "seen": "1",
            "form_key": "key-of-this-form",
        },
        "pages:desk_service": {
            "source": "谈话笔录",
            "electronic": "no",
            "postal_address": "某市某区某路1号",
            "confirmed": "on",
            "seen": "1",
            "form_key": "key-of-this-form",
        },
        "pages:participants": {
            "kind": "witness",
            "name": "周某某",
            "address": "某市某区某路3号",
            "asked_by": "court",
        },
        "pages:read_case": {"reason": "当事人来信说一直没有答复，核对情况"},
        "feedback:rework": {"words": "说理不够，以后先打电话。"},
        "feedback:surveys": {
            "title": "上月答复",
            "since": bodies["today"],
            "until": bodies["today"],
            "size": "1",
            "seed": "2026001",
        },
        "feedback:suggestion": {"outcome": "已安排"},
        "filing:accept": {"fence": bodies["fence"]},
        "filing:fix_notice": {
            "fence": bodies["fence"],
            "defects": "unreadable_IOU",
            "words": "",
            "confirmed": "yes",
        },
        "filing:queue": bodies["assign"],
        "filing:refuse": {"fence": bodies["fence"], "ground": "arbitration", "words": "有仲裁条款"},
        "filing:hand_over": bodies["hand_over"],
        "filing:ask_mediation": {"fence": bodies["fence"]},
        "filing:mediation": {"consent": "no"},
        "filing:complain": {"words": "一直没有答复", "form_key": "key-of-this-form"},
        "payments:refund": {"route": "original"},
        "payments:refund_ask": {"amount": "10", "words": "多算了"},
        "payments:desk_refund": {"action": "repeat"},
        "payments:bank_list": {"part": "none"},
        "filing:rule": {"reasons": "理由", "decision": "refuse"},
        "filing:override": {"decision": "approve", "answer": ""},
        "filing:complaint": {"answer": "已督促办理"},
        "pages:assignment": {"reason": "申请回避", "draw": bodies["draw"]},
        "documents:office_new": {"kind": "bank", "name": "某市某银行总行", "address": "某市某路8号"},
        "documents:office": {
            "kind": "bank",
            "name": "某市某银行",
            "address": "某市某路9号",
            "seen": seen.get("office", ""),
        },
        "documents:posted": {
            "sent_on": bodies["today"],
            "pick": bodies["pick"],
            f"t-{bodies['delivery']}": "XA00000000013",
            "view": "waiting",
        },
        "documents:sent": {
            "version": bodies["version"],
            "method": "post",
            "sent_on": bodies["today"],
            "tracking_no": "XA00000000013",
        },
        "documents:outcome": {
            "version": bodies["version"],
            "method": "counter",
            "outcome": "self",
            "happened_on": bodies["today"],
        },
        "feedback:bench_note": {"note-text": "先问书记员。", "form_key": "key-of-this-form"},
        "feedback:bench_seen": {},
        "pages:assistant": {"assistant": "none", "seen": seen.get("assistant", "")},
        "feedback:template_new": {"title": "收到", "text": "{当事人}您好，已收到。"},
        "feedback:template": {"title": "收到", "text": "{案号}已收到。", "seen": seen.get("template", "")},
        "feedback:template_retire": {},
        "feedback:bench_correct": {"correction-text": "下月四日开庭。", "form_key": "key-of-this-form"},
        "feedback:bench_check": {"outcome": "shown", "reason": ""},
        "feedback:bench_message": {
            "text": "请交还款凭证。",
            "action": "send",
            "form_key": "key-of-this-form",
        },
        "standins:cashier_act": {"action": "cancel"},
        "accounts:weixin": {"do": "back"},
        "accounts:dingtalk": {"do": "back"},
        "accounts:staff_dingtalk": {"do": "back"},
        "accounts:ways": {"bind": "nothing"},
        "accounts:tokens": {
            "name": "办案软件",
            "days": "30",
            "scopes": "cases",
            "form_key": "key-of-this-form",
        },
        "accounts:resets": {"username": "nobody", "reason": "手机丢了，当面核对"},
        "pages:outage_entries": {"reason": "短信网关日志"},
        "pages:trail_hold": {"reason": "时间戳机构检修"},
        "accounts:password_sign_in": {"phone": "12", "password": ""},
        "accounts:password": {"password": "海边的石头会唱歌 2026", "again": "海边的石头会唱歌 2026"},
        "accounts:kiosk": {"name": "一楼2号机"},
        "accounts:phone": {"do": "send", "phone": "12"},
        "accounts:phones": {"do": "send", "name": "张某", "phone": "12"},
        "accounts:welcome": {"password": "short", "again": "short"},
        "courts:person_new": {"name": "新某", "staff_no": "9901", "username": "new-1", "company": ""},
        "courts:person": {"do": "post", "role": "judge", "reason": "任命文件12号"},
        "accounts:sessions": {"do": "all"},
        "accounts:step_up": {"password": "wrong", "code": "12345"},
        "accounts:factors": {"do": "codes"},
        "accounts:factor_app": {"label": "验证器", "code": "12345x"},
        "accounts:factor_key": {"label": "密钥", "answer": "{}", "sealed": ""},
        "pages:outbox_requeue": {"reason": "签章服务已恢复", "which": "one"},
        "api:filings": {},
        "notifications:webhooks": {
            "url": "http://127.0.0.1:9/hook",
            "topics": "cases",
            "form_key": "key-of-this-form",
        },
        "notifications:wishes": {"wanted": ["cases"], "quiet_hours": "22-7"},
        "notifications:mail": {"do": "send", "mail": "x"},
        "notifications:feeds": {"kind": "calendar", "form_key": "key-of-this-form"},
        "filing:visit_book": {
            "name": "某某",
            "phone": "13800000011",
            "purpose": "借款不还",
            "form_key": "key-of-this-form",
        },
        "filing:visit_open": {
            "kind": "counter",
            "day": bodies["tomorrow"],
            "first": "14:00",
            "until": "15:00",
            "minutes": "30",
            "capacity": "2",
        },
        "filing:visit_assign": {"post": bodies["clerk_post"]},
        "filing:visit_end": {"how": "came"},
        "filing:visit_start": LOAN,
        "filing:keyed_new": LOAN
        | {
            "name": "周某",
            "id_kind": "id_card",
            "id_number": bodies["keyed_number"],
            "phone": "",
            "form_key": "key-of-this-form",
        },
        "api:deadlines-compute": {"rule_id": "D01", "start": "2026-03-16"},
        "api:fees-quote": {"item": "property", "amount": "60000.00"},
        "api:assistant-ask": {"question": "法院多久给立案结果？"},
        "api:identity-check": {"kind": "id_card", "value": "130102198503140018"},
    }
    return forms.get(row.address)


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    address: str
    method: str
    about: str
    expected: dict[str, str]

    @property
    def key(self) -> str:
        return f"{self.method} {self.address} {self.about}"

    @property
    def main(self) -> str:
        """The role an address is made for: the first one it lets in, people before nobody when both are."""
        inside = [role for role, cell in self.expected.items() if cell in ("200", "302", "409")]
        if not inside:
            return "AN"
        return next((role for role in inside if self.expected["AN"] != self.expected[role]), inside[0])

    @property
    def viewer(self) -> str:
        """The role that sees the page: its own people before nobody."""
        seeing = [role for role, cell in self.expected.items() if cell == "200"]
        return next((role for role in seeing if self.expected["AN"] != "200"), "AN")


def rows() -> list[Row]:
    """The table, read."""
    found = []
    for line in TABLE.strip().splitlines():
        if line.startswith("#"):
            continue
        address, method, about, *cells = line.split()
        if cells[0] == "all":
            cells = cells[1:] * len(ROLES)
        seldom = dict(cell.split("=") for cell in cells if "=" in cell)
        cells = [cell for cell in cells if "=" not in cell]
        if len(cells) != len(ROLES):
            raise ValueError(f"a row of {len(cells)} cells: {line}")
        found.append(Row(address, method, about, dict(zip(ROLES, cells, strict=True)) | seldom))
    return found
