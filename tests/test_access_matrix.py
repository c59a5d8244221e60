"""Who gets what at every address of the project. A new address fails here until it is listed.

A line is one address and method; a cell is the status for one of the cast, or two of them: for a
page / for a fragment that HTMX asks for. Each request is undone before the next.
"""

import datetime as dt
import re
from typing import ClassVar

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction
from django.db.models import QuerySet
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from assessments.advice.actions import ask_for_advice
from assessments.annual_council.actions import save_nominees, save_vote
from assessments.annual_council.models import OfficeElection
from assessments.appointments.actions import record_group_notice, save_appointment
from assessments.appointments.models import GroupNotice
from assessments.budget.actions import add_amendment, save_confidential_amendment
from assessments.comments.actions import start_thread
from assessments.data_protection.actions import purge_plan
from assessments.data_protection.models import ConfirmationRequest
from assessments.development.actions import (
    open_check_in,
    save_answer,
    save_reflection,
    share_record,
    start_record,
    write_entry,
)
from assessments.development.models import CheckInPart, Reflection, StandardAnswer
from assessments.development.offers import token_for
from assessments.election_night.actions import save_result, start_count
from assessments.election_night.models import ElectionCount
from assessments.exports.report import report_for
from assessments.packs.actions import (
    add_leaders_meeting,
    record_returns,
    save_councillors,
    save_finance_note,
)
from assessments.packs.models import NewCouncillor
from assessments.packs.new_councillors import FORMS
from assessments.parity.actions import (
    add_parity_entry,
    remove_parity_entry,
    save_confidential_request,
)
from assessments.plans.actions import create_plan, record_export, remove_item
from assessments.plans.models import EventChange, Plan, PlanItem, Status
from assessments.portfolio.actions import ask_for_bundle, finish_bundle, keep_pdf
from assessments.register.actions import add_to_register, remove_from_register
from assessments.register.models import Agreement, EarlyWin, Issue
from assessments.restricted_notes.actions import save_restricted_note
from assessments.reviews.actions import (
    ask_for_review,
    latest_change,
    mark_step,
    record_control_change,
    sign_off_stage,
)
from assessments.rounds.actions import (
    add_on_paper,
    ask_by_link,
    ask_member,
    close_round,
    finish_answers,
    make_round,
    save_round_answer,
)
from assessments.seats.actions import create_balance, record_composition, save_scenario
from assessments.seats.models import CompositionSuggestion
from assessments.timetable.actions import add_bank_holiday, make_feed, set_date
from assessments.vacancies.actions import add_motion, add_vacancy
from assessments.ways_of_working.actions import save_protocol
from assessments.ways_of_working.suggestions import BY_KEY, NEGOTIATION
from councils.actions import ask_to_change_address, ask_to_merge, invite, name_deputy
from councils.digests import stop_path
from councils.models import AccountMerge, AddressChange, Council, DomainMove, Membership, User
from elections.budget import AmendmentLine
from elections.composition import Composition, Group
from elections.political_balance import Committee
from elections.scenario import SeatSwing
from frameworks.models import CoalitionComponent, OfficerRole, Stage, Step
from operate.actions import add_operator, request_reset
from operate.models import OperatorEvent
from tests.acting import HTMX, answer, browser, fresh, own_item, settle_owners, signed_in

CAST = ("anyone", "owner", "editor", "reviewer", "stranger", "visitor")
# People with a grant now, of the whole plan and of stage 2 alone.
ADVISERS = ("adviser", "partial")
# People who get what a visitor gets: for them no council is here, or not this one, or no more.
OUTSIDERS = ("expired", "revoked", "elsewhere", "removed")
EVERYONE = (*CAST, *ADVISERS, *OUTSIDERS)
# The roles that differ most: a fragment is asked for as these only, and as others where their cell
# differs between page and fragment. The page is asked for as everyone.
FRAGMENTS_FOR = ("anyone", "owner", "reviewer", "stranger")

TABLE = """
                                           anyone   owner    editor   reviewer stranger visitor
GET  account_login                         200      302      302      302      302      302
POST account_login                         200      302      302      302      302      302
GET  help                                  200      200      200      200      200      200
POST help                                  405      405      405      405      405      405
GET  contact                               200      200      200      200      200      200
POST contact                               405      405      405      405      405      405
GET  accessibility                         200      200      200      200      200      200
POST accessibility                         405      405      405      405      405      405
GET  privacy                               200      200      200      200      200      200
POST privacy                               405      405      405      405      405      405
GET  cookies                               200      200      200      200      200      200
POST cookies                               405      405      405      405      405      405
GET  healthz                               200      200      200      200      200      200
POST healthz                               405      405      405      405      405      405
GET  readyz                                200      200      200      200      200      200
POST readyz                                405      405      405      405      405      405
GET  account_logout                        302      200      200      200      200      200
POST account_logout                        302      302      302      302      302      302
GET  account_reset_password                200      200      200      200      200      200
POST account_reset_password                200      200      200      200      200      200
GET  account_reset_password_done           200      200      200      200      200      200
POST account_reset_password_done           405      405      405      405      405      405
GET  account_reset_password_from_key       302      302      302      302      302      302
POST account_reset_password_from_key       302      302      302      302      302      302
GET  account_reset_password_from_key_done  200      200      200      200      200      200
POST account_reset_password_from_key_done  405      405      405      405      405      405
GET  account_change_password               302/401  200      200      200      200      200
POST account_change_password               302/401  200      200      200      200      200
GET  account                               302/401  200      200      200      200      200
POST account                               302/401  405      405      405      405      405
GET  single_sign_on                        404      404      404      404      404      404
POST single_sign_on                        404      404      404      404      404      404
GET  single_sign_on_callback               404      404      404      404      404      404
POST single_sign_on_callback               404      404      404      404      404      404
GET  single_sign_on_connect                302/401  404      404      404      404      404
POST single_sign_on_connect                302/401  404      404      404      404      404
GET  single_sign_on_remove                 302/401  404      404      404      404      404
POST single_sign_on_remove                 302/401  404      404      404      404      404
GET  account_name                          302/401  200      200      200      200      200
POST account_name                          302/401  302      302      302      302      302
GET  account_email_change                  302/401  200      200      200      200      200
POST account_email_change                  302/401  302      302      302      302      302
GET  account_email_cancel                  302/401  405      405      405      405      405
POST account_email_cancel                  302/401  302      302      302      302      302
GET  account_email_confirm                 200      200      200      200      200      200
POST account_email_confirm                 200      200      200      200      200      200
GET  account_merge                         302/401  200      200      200      200      200
POST account_merge                         302/401  302      302      302      302      302
GET  account_merge_cancel                  302/401  405      405      405      405      405
POST account_merge_cancel                  302/401  302      302      302      302      302
GET  account_merge_confirm                 200      200      200      200      200      200
POST account_merge_confirm                 403      403      403      403      403      403
GET  account_domain_move                   302/401  302      302      302      302      302
POST account_domain_move                   302/401  302      302      302      302      302
GET  digest                                302/401  200      200      200      200      200
POST digest                                302/401  302      302      302      302      302
GET  digest_stop                           200      200      200      200      200      200
POST digest_stop                           200      200      200      200      200      200
GET  session                               302/401  200      200      200      200      200
POST session                               302/401  405      405      405      405      405
GET  sessions_end                          302/401  405      405      405      405      405
POST sessions_end                          302/401  302      302      302      302      302
GET  session_end                           302/401  405      405      405      405      405
POST session_end                           302/401  404      404      404      404      404
GET  account_reauthenticate                302/401  200      200      200      200      200
POST account_reauthenticate                302/401  200      200      200      200      200
GET  mfa_authenticate                      302      302      302      302      302      302
POST mfa_authenticate                      302      302      302      302      302      302
GET  mfa_reauthenticate                    302/401  302      302      302      302      302
POST mfa_reauthenticate                    302/401  302      302      302      302      302
GET  mfa_activate_totp                     302/401  302      302      302      302      302
POST mfa_activate_totp                     302/401  302      302      302      302      302
GET  mfa_deactivate_totp                   302/401  404      404      404      404      404
POST mfa_deactivate_totp                   302/401  404      404      404      404      404
GET  mfa_view_recovery_codes               302/401  404      404      404      404      404
POST mfa_view_recovery_codes               302/401  405      405      405      405      405
GET  mfa_generate_recovery_codes           302/401  302      302      302      302      302
POST mfa_generate_recovery_codes           302/401  302      302      302      302      302
GET  mfa_download_recovery_codes           302/401  404      404      404      404      404
POST mfa_download_recovery_codes           302/401  404      404      404      404      404
GET  people                                302/401  200      200      200      404      404
POST people                                302/401  405      405      405      405      405
GET  invite                                302/401  200      403      403      404      404
POST invite                                302/401  302      403      403      404      404
GET  invite_several                        302/401  200      403      403      404      404
POST invite_several                        302/401  302      403      403      404      404
GET  deputies                              302/401  200      403      403      404      404
POST deputies                              302/401  302      403      403      404      404
GET  deputy_end                            302/401  405      405      405      405      405
POST deputy_end                            302/401  302      403      403      404      404
GET  member                                302/401  200      403      403      404      404
POST member                                302/401  302      403      403      404      404
GET  member_remove                         302/401  200      403      403      404      404
POST member_remove                         302/401  302      403      403      404      404
GET  invitation_resend                     302/401  405      405      405      405      405
POST invitation_resend                     302/401  302      403      403      404      404
GET  invitation_withdraw                   302/401  405      405      405      405      405
POST invitation_withdraw                   302/401  302      403      403      404      404
GET  join                                  200      200      200      200      200      200
POST join                                  302      200      200      200      200      200
GET  council_data                          302/401  200      403      403      404      404
POST council_data                          302/401  405      405      405      405      405
GET  council_data_export                   302/401  200      403      403      404      404
POST council_data_export                   302/401  302      403      403      404      404
GET  council_data_people                   302/401  200      403      403      404      404
POST council_data_people                   302/401  405      405      405      405      405
GET  council_data_erase                    302/401  200      403      403      404      404
POST council_data_erase                    302/401  302      403      403      404      404
GET  council_data_address                  302/401  200      403      403      404      404
POST council_data_address                  302/401  302      403      403      404      404
GET  council_data_invitation               302/401  200      403      403      404      404
POST council_data_invitation               302/401  302      403      403      404      404
GET  council_data_second_factor            302/401  200      403      403      404      404
POST council_data_second_factor            302/401  422      403      403      404      404
GET  council_data_retention                302/401  200      403      403      404      404
POST council_data_retention                302/401  302      403      403      404      404
GET  council_data_lift_hold                302/401  405      405      405      405      405
POST council_data_lift_hold                302/401  302      403      403      404      404
GET  council_data_request                  302/401  200      403      403      404      404
POST council_data_request                  302/401  302      403      403      404      404
GET  council_data_request_cancel           302/401  405      405      405      405      405
POST council_data_request_cancel           302/401  302      403      403      404      404
GET  council_data_purge                    302/401  200      403      403      404      404
POST council_data_purge                    302/401  302      403      403      404      404
GET  council_data_certificate              302/401  200      403      403      404      404
POST council_data_certificate              302/401  405      405      405      405      405

GET  guidance                              302/401  200      200      200      200      200
GET  guidance_search                       302/401  200      200      200      200      200
GET  guidance_step                         302/401  200      200      200      200      200
GET  guidance_area                         302/401  200      200      200      200      200
GET  guidance_components                   302/401  200      200      200      200      200
GET  guidance_component                    302/401  200      200      200      200      200
GET  guidance_themes                       302/401  200      200      200      200      200
GET  guidance_theme                        302/401  200      200      200      200      200
GET  guidance_reflections                  302/401  200      200      200      200      200
GET  guidance_officers                     302/401  200      200      200      200      200

GET  composition                           302/401  200      200      200      404      404
POST composition                           302/401  405      405      405      405      405
GET  composition_new                       302/401  200      200      403      404      404
POST composition_new                       302/401  302      302      403      404      404
GET  composition_at                        302/401  200      200      200      404      404
POST composition_at                        302/401  405      405      405      405      405
GET  suggestion_dismiss                    302/401  405      405      405      405      405
POST suggestion_dismiss                    302/401  302      302      403      404      404
GET  balances                              302/401  200      200      200      404      404
POST balances                              302/401  405      405      405      405      405
GET  balance_new                           302/401  200      200      403      404      404
POST balance_new                           302/401  302      302      403      404      404
GET  balance                               302/401  200      200      200      404      404
POST balance                               302/401  405      405      405      405      405
GET  balance_compare                       302/401  200      200      200      404      404
POST balance_compare                       302/401  405      405      405      405      405
GET  balance_tie                           302/401  405      405      405      405      405
POST balance_tie                           302/401  302      302      403      404      404
GET  balance_settle                        302/401  405      405      405      405      405
POST balance_settle                        302/401  302      302      403      404      404
GET  balance_reopen                        302/401  405      405      405      405      405
POST balance_reopen                        302/401  302      302      403      404      404
GET  balance_committee                     302/401  200      200      403      404      404
POST balance_committee                     302/401  302      302      403      404      404
GET  balance_table                         302/401  200      200      403      404      404
POST balance_table                         302/401  302      302      403      404      404
GET  balance_table_clear                   302/401  405      405      405      405      405
POST balance_table_clear                   302/401  302      302      403      404      404
GET  balance_vote                          302/401  200      200      403      404      404
POST balance_vote                          302/401  302      302      403      404      404
GET  balance_pdf                           302/401  405      405      405      405      405
POST balance_pdf                           302/401  200      200      200      404      404
GET  balance_excel                         302/401  405      405      405      405      405
POST balance_excel                         302/401  200      200      200      404      404
GET  balance_word                          302/401  405      405      405      405      405
POST balance_word                          302/401  200      200      200      404      404
GET  group_notices                         302/401  200      200      200      404      404
POST group_notices                         302/401  405      405      405      405      405
GET  group_notice_new                      302/401  200      200      403      404      404
POST group_notice_new                      302/401  302      302      403      404      404
GET  balance_nominations                   302/401  200      200      200      404      404
POST balance_nominations                   302/401  405      405      405      405      405
GET  balance_seats_notice                  302/401  200      200      403      404      404
POST balance_seats_notice                  302/401  302      302      403      404      404
GET  balance_notice_word                   302/401  405      405      405      405      405
POST balance_notice_word                   302/401  200      200      200      404      404
GET  balance_nomination                    302/401  200      200      403      404      404
POST balance_nomination                    302/401  302      302      403      404      404
GET  appointments                          302/401  200      200      200      404      404
POST appointments                          302/401  405      405      405      405      405
GET  appointment_new                       302/401  200      200      403      404      404
POST appointment_new                       302/401  302      302      403      404      404
GET  appointment_change                    302/401  200      200      403      404      404
POST appointment_change                    302/401  302      302      403      404      404

GET  annual_council                        302/401  200      200      200      404      404
POST annual_council                        302/401  405      405      405      405      405
GET  annual_council_rules                  302/401  200      200      403      404      404
POST annual_council_rules                  302/401  302      302      403      404      404
GET  annual_council_script                 302/401  405      405      405      405      405
POST annual_council_script                 302/401  200      200      200      404      404
GET  office_election                       302/401  200      200      200      404      404
POST office_election                       302/401  302      302      403      404      404
GET  office_nominations                    302/401  200      200      403      404      404
POST office_nominations                    302/401  302      302      403      404      404
GET  office_tie                            302/401  405      405      405      405      405
POST office_tie                            302/401  302      302      403      404      404
GET  office_remove_vote                    302/401  405      405      405      405      405
POST office_remove_vote                    302/401  302      302      403      404      404
GET  office_again                          302/401  405      405      405      405      405
POST office_again                          302/401  302      302      403      404      404
GET  election_night                        302/401  200      200      200      404      404
POST election_night                        302/401  405      405      405      405      405
GET  election_night_news                   302/401  200      200      200      404      404
POST election_night_news                   302/401  405      405      405      405      405
GET  election_night_start                  302/401  200      200      403      404      404
POST election_night_start                  302/401  302      302      403      404      404
GET  election_night_settings               302/401  200      200      403      404      404
POST election_night_settings               302/401  302      302      403      404      404
GET  election_night_wards                  302/401  200      200      403      404      404
POST election_night_wards                  302/401  302      302      403      404      404
GET  election_night_ward                   302/401  200      200      403      404      404
POST election_night_ward                   302/401  302      302      403      404      404
GET  election_night_ward_change            302/401  200      200      403      404      404
POST election_night_ward_change            302/401  302      302      403      404      404
GET  election_night_finish                 302/401  200      200      403      404      404
POST election_night_finish                 302/401  302      302      403      404      404
GET  election_night_stop                   302/401  200      200      403      404      404
POST election_night_stop                   302/401  302      302      403      404      404
GET  election_night_ward_remove            302/401  405      405      405      405      405
POST election_night_ward_remove            302/401  302      302      403      404      404
GET  election_night_pdf                    302/401  405      405      405      405      405
POST election_night_pdf                    302/401  200      200      200      404      404

GET  scenarios                             302/401  200      404      404      404      404
POST scenarios                             302/401  405      405      405      405      405
GET  scenario_new                          302/401  200      404      404      404      404
POST scenario_new                          302/401  302      404      404      404      404
GET  scenario                              302/401  200      404      404      404      404
POST scenario                              302/401  302      404      404      404      404
GET  scenarios_export                      302/401  405      405      405      405      405
POST scenarios_export                      302/401  200      404      404      404      404

GET  home                                  302/401  302      302      302      302      200
POST home                                  302/401  405      405      405      405      405
GET  for_you                               302/401  302      302      302      302      200
POST for_you                               302/401  405      405      405      405      405
GET  bundle_ask                            302/401  405      405      405      405      405
POST bundle_ask                            302/401  302      302      302      404      404
GET  bundle                                302/401  200      404      404      404      404
POST bundle                                302/401  405      405      405      405      405
GET  bundle_zip                            302/401  200      404      404      404      404
POST bundle_zip                            302/401  405      405      405      405      405
GET  plan_new                              302/401  200      403      403      404      404
POST plan_new                              302/401  302      403      403      404      404
GET  plan                                  302/401  200      200      200      404      404
POST plan                                  302/401  405      405      405      405      405
GET  plan_settings                         302/401  200      403      403      404      404
POST plan_settings                         302/401  302      403      403      404      404
GET  plan_edition                          302/401  200      403      403      404      404
POST plan_edition                          302/401  409      403      403      404      404
GET  plan_settings_section                 302/401  200      403      403      404      404
POST plan_settings_section                 302/401  302      403      403      404      404
GET  plan_history                          302/401  200      200      200      404      404
POST plan_history                          302/401  405      405      405      405      405
GET  plan_next                             302/401  200      403      403      404      404
POST plan_next                             302/401  302      403      403      404      404
GET  control_changes                       302/401  200      200      200      404      404
POST control_changes                       302/401  405      405      405      405      405
GET  control_change_new                    302/401  200      403      403      404      404
POST control_change_new                    302/401  302      403      403      404      404
GET  registers                             302/401  302      302      302      302      200
POST registers                             302/401  405      405      405      405      405
GET  parity                                302/401  200      200      200      404      404
POST parity                                302/401  405      405      405      405      405
GET  parity_add                            302/401  200      200      403      404      404
POST parity_add                            302/401  302      302      403      404      404
GET  parity_entry                          302/401  200      200      403      404      404
POST parity_entry                          302/401  302      302      403      404      404
GET  parity_remove                         302/401  200      200      403      404      404
POST parity_remove                         302/401  302      302      403      404      404
GET  parity_restore                        302/401  405      405      405      405      405
POST parity_restore                        302/401  302      302      403      404      404
GET  parity_download                       302/401  405      405      405      405      405
POST parity_download                       302/401  200      200      200      404      404
GET  packs                                 302/401  200      200      200      404      404
POST packs                                 302/401  405      405      405      405      405
GET  pack_before_poll                      302/401  405      405      405      405      405
POST pack_before_poll                      302/401  200      200      200      404      404
GET  comparison                            302/401  200      200      200      404      404
POST comparison                            302/401  405      405      405      405      405
GET  comparison_share                      302/401  200      403      403      404      404
POST comparison_share                      302/401  302      403      403      404      404
GET  comparison_stop                       302/401  200      403      403      404      404
POST comparison_stop                       302/401  302      403      403      404      404
GET  new_councillors                       302/401  200      200      200      404      404
POST new_councillors                       302/401  405      405      405      405      405
GET  new_councillor_names                  302/401  200      200      403      404      404
POST new_councillor_names                  302/401  302      302      403      404      404
GET  new_councillor_returns                302/401  200      200      403      404      404
POST new_councillor_returns                302/401  302      302      403      404      404
GET  pack_new_councillors                  302/401  405      405      405      405      405
POST pack_new_councillors                  302/401  200      200      200      404      404
GET  pack_administration                   302/401  200      200      200      404      404
POST pack_administration                   302/401  405      405      405      405      405
GET  finance_note                          302/401  403      403      403      404      404
POST finance_note                          302/401  403      403      403      404      404
GET  pack_administration_download          302/401  405      405      405      405      405
POST pack_administration_download          302/401  200      200      200      404      404
GET  leaders_meetings                      302/401  200      200      200      404      404
POST leaders_meetings                      302/401  405      405      405      405      405
GET  leaders_agenda                        302/401  405      405      405      405      405
POST leaders_agenda                        302/401  200      200      200      404      404
GET  leaders_meeting_add                   302/401  200      200      403      404      404
POST leaders_meeting_add                   302/401  302      302      403      404      404
GET  leaders_meeting                       302/401  200      200      200      404      404
POST leaders_meeting                       302/401  302      302      403      404      404
GET  leaders_meeting_remove                302/401  200      200      403      404      404
POST leaders_meeting_remove                302/401  302      302      403      404      404
GET  leaders_meeting_restore               302/401  405      405      405      405      405
POST leaders_meeting_restore               302/401  302      302      403      404      404
GET  leaders_actions                       302/401  200      200      403      404      404
POST leaders_actions                       302/401  302      302      403      404      404
GET  ways_of_working                       302/401  200      200      200      404      404
POST ways_of_working                       302/401  405      405      405      405      405
GET  protocol                              302/401  200      200      200      404      404
POST protocol                              302/401  302      302      403      404      404
GET  protocol_agreement                    302/401  200      200      403      404      404
POST protocol_agreement                    302/401  302      302      403      404      404
GET  protocol_download                     302/401  405      405      405      405      405
POST protocol_download                     302/401  200      200      200      404      404
GET  parity_request_new                    302/401  200      404      404      404      404
POST parity_request_new                    302/401  302      404      404      404      404
GET  parity_request                        302/401  200      404      404      404      404
POST parity_request                        302/401  302      404      404      404      404
GET  budget                                302/401  200      200      200      404      404
POST budget                                302/401  405      405      405      405      405
GET  budget_settings                       302/401  200      200      403      404      404
POST budget_settings                       302/401  302      302      403      404      404
GET  budget_download                       302/401  405      405      405      405      405
POST budget_download                       302/401  200      200      200      404      404
GET  amendment_add                         302/401  200      200      403      404      404
POST amendment_add                         302/401  302      302      403      404      404
GET  amendment                             302/401  200      200      403      404      404
POST amendment                             302/401  302      302      403      404      404
GET  amendment_statement                   302/401  403      403      403      404      404
POST amendment_statement                   302/401  403      403      403      404      404
GET  amendment_in_confidence_new           302/401  200      404      404      404      404
POST amendment_in_confidence_new           302/401  302      404      404      404      404
GET  amendment_in_confidence               302/401  200      404      404      404      404
POST amendment_in_confidence               302/401  302      404      404      404      404
GET  amendment_in_confidence_statement     302/401  403      404      404      404      404
POST amendment_in_confidence_statement     302/401  403      404      404      404      404
GET  amendment_in_confidence_publish       302/401  200      404      404      404      404
POST amendment_in_confidence_publish       302/401  302      404      404      404      404
GET  vacancies                             302/401  200      200      200      404      404
POST vacancies                             302/401  405      405      405      405      405
GET  vacancy_add                           302/401  200      200      403      404      404
POST vacancy_add                           302/401  302      302      403      404      404
GET  vacancy                               302/401  200      200      403      404      404
POST vacancy                               302/401  302      302      403      404      404
GET  vacancy_note                          302/401  405      405      405      405      405
POST vacancy_note                          302/401  200      200      200      404      404
GET  confidence_motion_add                 302/401  200      200      403      404      404
POST confidence_motion_add                 302/401  302      302      403      404      404
GET  confidence_motion                     302/401  200      200      403      404      404
POST confidence_motion                     302/401  302      302      403      404      404
GET  register                              302/401  200      200      200      404      404
POST register                              302/401  405      405      405      405      405
GET  register_add                          302/401  200      200      403      404      404
POST register_add                          302/401  302      302      403      404      404
GET  register_entry                        302/401  200      200      403      404      404
POST register_entry                        302/401  302      302      403      404      404
GET  register_links                        302/401  200      200      200      404      404
POST register_links                        302/401  302/200  302/200  403      404      404
GET  register_remove                       302/401  200      200      403      404      404
POST register_remove                       302/401  302      302      403      404      404
GET  register_restore                      302/401  405      405      405      405      405
POST register_restore                      302/401  302      302      403      404      404
GET  reopening_close                       302/401  405      405      405      405      405
POST reopening_close                       302/401  302      302      403      404      404
GET  item_history                          302/401  200      200      200      404      404
POST item_history                          302/401  405      405      405      405      405
GET  item_ask                              302/401  200      200      200      404      404
POST item_ask                              302/401  409      302      302      404      404
GET  item_bring_back                       302/401  405      405      405      405      405
POST item_bring_back                       302/401  302      302      403      404      404
GET  plan_stage                            302/401  200      200      200      404      404
POST plan_stage                            302/401  405      405      405      405      405
GET  plan_area                             302/401  200      200      200      404      404
POST plan_area                             302/401  405      405      405      405      405
GET  plan_officers                         302/401  200      200      200      404      404
POST plan_officers                         302/401  405      405      405      405      405
GET  plan_officer                          302/401  200      200      200      404      404
POST plan_officer                          302/401  405      405      405      405      405
GET  plan_mine                             302/401  200      200      200      404      404
POST plan_mine                             302/401  405      405      405      405      405
GET  plan_for_you                          302/401  200      200      200      404      404
POST plan_for_you                          302/401  405      405      405      405      405
GET  plan_bulk                             302/401  200      200      403      404      404
POST plan_bulk                             302/401  200      200      403      404      404
GET  plan_bulk_done                        302/401  404      404      403      404      404
POST plan_bulk_done                        302/401  404      404      403      404      404
GET  plan_open                             302/401  200      200      200      404      404
POST plan_open                             302/401  405      405      405      405      405
GET  plan_step                             302/401  200      200      200      404      404
POST plan_step                             302/401  405      405      405      405      405
GET  step_comments                         302/401  200      200      200      404      404
POST step_comments                         302/401  302/200  302/200  302/200  404      404
GET  step_news                             302/401  200      200      200      404      404
POST step_news                             302/401  405      405      405      405      405
GET  item_comments                         302/401  200      200      200      404      404
POST item_comments                         302/401  302/200  302/200  302/200  404      404
GET  plan_comments                         302/401  200      200      200      404      404
POST plan_comments                         302/401  405      405      405      405      405
GET  comments_seen                         302/401  405      405      405      405      405
POST comments_seen                         302/401  302      302      302      404      404
GET  thread                                302/401  302      302      302      404      404
POST thread                                302/401  302/200  302/200  302/200  404      404
GET  comment_edit                          302/401  200      403      403      404      404
POST comment_edit                          302/401  302      403      403      404      404
GET  comment_remove                        302/401  200      403      403      404      404
POST comment_remove                        302/401  302      403      403      404      404
GET  item_add                              302/401  200      200      403      404      404
POST item_add                              302/401  302      302      403      404      404
GET  item                                  302/401  302/200  302/200  302/200  404      404
POST item                                  302/401  302/200  302/200  403      404      404
GET  item_edit                             302/401  200      200      403      404      404
POST item_edit                             302/401  405      405      405      405      405
GET  item_links                            302/401  200      200      200      404      404
POST item_links                            302/401  302/200  302/200  403      404      404
GET  item_remove                           302/401  200      200      403      404      404
POST item_remove                           302/401  302      302      403      404      404
GET  item_wording                          302/401  405      405      405      405      405
POST item_wording                          302/401  302      302      403      404      404
GET  item_restore                          302/401  405      405      405      405      405
POST item_restore                          302/401  302      302      403      404      404
GET  restricted_texts                      302/401  200      404      404      404      404
POST restricted_texts                      302/401  405      405      405      405      405
GET  restricted_note                       302/401  200      404      404      404      404
POST restricted_note                       302/401  302      404      404      404      404
GET  plan_dates                            302/401  200      200      200      404      404
POST plan_dates                            302/401  405      405      405      405      405
GET  plan_order                            302/401  302      302      403      404      404
POST plan_order                            302/401  302      302      403      404      404
GET  plan_date                             302/401  200      200      403      404      404
POST plan_date                             302/401  302      302      403      404      404
GET  plan_date_links                       302/401  200      200      200      404      404
POST plan_date_links                       302/401  302/200  302/200  403      404      404
GET  interim                               302/401  200      200      200      404      404
POST interim                               302/401  302      302      403      404      404
GET  plan_dates_sheet                      302/401  405      405      405      405      405
POST plan_dates_sheet                      302/401  200      200      200      404      404
GET  plan_dates_checked                    302/401  405      405      405      405      405
POST plan_dates_checked                    302/401  302      302      403      404      404
GET  interim_note                          302/401  405      405      405      405      405
POST interim_note                          302/401  200      200      200      404      404
GET  council_cycle                         302/401  405      405      405      405      405
POST council_cycle                         302/401  302      403      403      404      404
GET  bank_holiday_add                      302/401  405      405      405      405      405
POST bank_holiday_add                      302/401  302      403      403      404      404
GET  bank_holiday_remove                   302/401  405      405      405      405      405
POST bank_holiday_remove                   302/401  302      403      403      404      404
GET  plan_timeline                         302/401  200      200      200      404      404
POST plan_timeline                         302/401  405      405      405      405      405
GET  plan_set_up_hide                      302/401  405      405      405      405      405
POST plan_set_up_hide                      302/401  302      403      403      404      404
GET  plan_due_day                          302/401  200      200      403      404      404
POST plan_due_day                          302/401  405      405      405      405      405
GET  plan_due                              302/401  200      200      403      404      404
POST plan_due                              302/401  200      200      403      404      404
GET  plan_calendar                         302/401  200      200      200      404      404
POST plan_calendar                         302/401  200      200      200      404      404
GET  plan_calendar_file                    302/401  200      200      200      404      404
POST plan_calendar_file                    302/401  405      405      405      405      405
GET  calendar_feed                         200      200      200      200      200      200
POST calendar_feed                         405      405      405      405      405      405
GET  advice_queue                          302/401  200      200      200      200      200
POST advice_queue                          302/401  405      405      405      405      405
GET  advice                                302/401  200      200      200      404      404
POST advice                                302/401  405      405      405      405      405
GET  advice_ask                            302/401  200      403      403      404      404
POST advice_ask                            302/401  302      403      403      404      404
GET  advice_question                       302/401  200      200      200      404      404
POST advice_question                       302/401  404      404      404      404      404
GET  advice_end                            302/401  405      405      405      405      405
POST advice_end                            302/401  302      403      403      404      404
GET  advice_exports                        302/401  405      405      405      405      405
POST advice_exports                        302/401  302      403      403      404      404
GET  plan_advisers                         302/401  200      200      200      404      404
POST plan_advisers                         302/401  405      405      405      405      405
GET  plan_adviser_looks                    302/401  200      200      200      404      404
POST plan_adviser_looks                    302/401  405      405      405      405      405
GET  plan_adviser_new                      302/401  200      403      403      404      404
POST plan_adviser_new                      302/401  302      403      403      404      404
GET  plan_adviser_change                   302/401  200      403      403      404      404
POST plan_adviser_change                   302/401  302      403      403      404      404
GET  plan_adviser_revoke                   302/401  200      403      403      404      404
POST plan_adviser_revoke                   302/401  302      403      403      404      404
GET  stage_review                          302/401  200      200      200      404      404
POST stage_review                          302/401  302      403      403      404      404
GET  stage_review_end                      302/401  405      405      405      405      405
POST stage_review_end                      302/401  302      403      403      404      404
GET  stage_marks                           302/401  405      405      405      405      405
POST stage_marks                           302/401  302      302      302      404      404
GET  stage_answer                          302/401  200      200      403      404      404
POST stage_answer                          302/401  302      302      403      404      404
GET  stage_sign_off                        302/401  200      403      403      404      404
POST stage_sign_off                        302/401  302      403      403      404      404
GET  stage_reopen                          302/401  200      403      403      404      404
POST stage_reopen                          302/401  302      403      403      404      404
GET  sign_off                              302/401  200      200      200      404      404
POST sign_off                              302/401  405      405      405      405      405
GET  sign_off_statement                    302/401  403      200      403      404      404
POST sign_off_statement                    302/401  403      302      403      404      404
GET  snapshots                             302/401  200      200      200      404      404
POST snapshots                             302/401  405      405      405      405      405
GET  snapshot_new                          302/401  200      403      403      404      404
POST snapshot_new                          302/401  302      403      403      404      404
GET  snapshot                              302/401  200      200      200      404      404
POST snapshot                              302/401  405      405      405      405      405
GET  snapshot_compare                      302/401  200      200      200      404      404
POST snapshot_compare                      302/401  405      405      405      405      405
GET  snapshot_pdf                          302/401  302      302      302      404      404
POST snapshot_pdf                          302/401  200      200      200      404      404
GET  action_plan                           302/401  200      200      200      404      404
POST action_plan                           302/401  405      405      405      405      405
GET  action_plan_pdf                       302/401  302      302      302      404      404
POST action_plan_pdf                       302/401  422      422      422      404      404
GET  action_plan_excel                     302/401  302      302      302      404      404
POST action_plan_excel                     302/401  422      422      422      404      404
GET  log_upload                            302/401  200      200      403      404      404
POST log_upload                            302/401  422      422      403      404      404
GET  action_plan_csv                       302/401  302      302      302      404      404
POST action_plan_csv                       302/401  422      422      422      404      404
GET  action_plan_word                      302/401  302      302      302      404      404
POST action_plan_word                      302/401  422      422      422      404      404

GET  development                           302/401  200      200      200      200      200
POST development                           302/401  302      302      302      302      302
GET  development_cell                      302/401  200      404      404      200      404
POST development_cell                      302/401  405      405      405      405      405
GET  development_standard                  302/401  200      404      404      200      404
POST development_standard                  302/401  302      404      404      302      404
GET  development_rate                      302/401  405      405      405      405      405
POST development_rate                      302/401  302/200  404      404      302/200  404
GET  development_reflections               302/401  200      404      404      200      404
POST development_reflections               302/401  405      405      405      405      405
GET  development_reflection                302/401  200      404      404      200      404
POST development_reflection                302/401  302      404      404      302      404
GET  development_ratings                   302/401  200      404      404      200      404
POST development_ratings                   302/401  405      405      405      405      405
GET  development_calendar                  302/401  200      404      404      200      404
POST development_calendar                  302/401  405      405      405      405      405
GET  development_pdf                       302/401  200      404      404      200      404
POST development_pdf                       302/401  422      404      404      422      404
GET  development_delete                    302/401  200      404      404      200      404
POST development_delete                    302/401  302      404      404      302      404
GET  development_journal                   302/401  200      404      404      200      404
POST development_journal                   302/401  405      405      405      405      405
GET  development_entry_new                 302/401  200      302      302      200      302
POST development_entry_new                 302/401  302      302      302      302      302
GET  development_entry                     302/401  200      404      404      404      404
POST development_entry                     302/401  302      404      404      404      404
GET  development_entry_remove              302/401  200      404      404      404      404
POST development_entry_remove              302/401  302      404      404      404      404
GET  development_readers                   302/401  200      404      404      200      404
POST development_readers                   302/401  405      405      405      405      405
GET  development_share                     302/401  200      404      404      200      404
POST development_share                     302/401  302      404      404      302      404
GET  development_share_end                 302/401  200      404      404      404      404
POST development_share_end                 302/401  302      404      404      404      404
GET  development_shared                    302/401  404      404      200      404      404
POST development_shared                    302/401  405      405      405      405      405
GET  check_ins                             302/401  200      200      200      200      200
POST check_ins                             302/401  405      405      405      405      405
GET  check_in_new                          302/401  200      200      200      200      200
POST check_in_new                          302/401  302      302      302      302      302
GET  check_in_accept                       302/401  404      404      200      404      404
POST check_in_accept                       302/401  404      404      302      404      404
GET  check_in                              302/401  200      404      200      404      404
POST check_in                              302/401  409      404      302      404      404
GET  check_in_take_back                    302/401  405      405      405      405      405
POST check_in_take_back                    302/401  302      404      302      404      404
GET  check_in_leave                        302/401  200      404      200      404      404
POST check_in_leave                        302/401  302      404      302      404      404

GET  operate                               302/401  404      404      404      404      404
POST operate                               302/401  405      405      405      405      405
GET  operate_council_new                   302/401  404      404      404      404      404
POST operate_council_new                   302/401  404      404      404      404      404
GET  operate_register                      302/401  404      404      404      404      404
POST operate_register                      302/401  404      404      404      404      404
GET  operate_council                       302/401  404      404      404      404      404
POST operate_council                       302/401  405      405      405      405      405
GET  operate_invite                        302/401  404      404      404      404      404
POST operate_invite                        302/401  404      404      404      404      404
GET  operate_stop                          302/401  404      404      404      404      404
POST operate_stop                          302/401  404      404      404      404      404
GET  operate_restart                       302/401  405      405      405      405      405
POST operate_restart                       302/401  404      404      404      404      404
GET  operate_notice                        302/401  404      404      404      404      404
POST operate_notice                        302/401  404      404      404      404      404
GET  operate_notice_end                    302/401  405      405      405      405      405
POST operate_notice_end                    302/401  404      404      404      404      404
GET  operate_health                        302/401  404      404      404      404      404
POST operate_health                        302/401  405      405      405      405      405
GET  operate_log                           302/401  404      404      404      404      404
POST operate_log                           302/401  405      405      405      405      405
GET  operate_operators                     302/401  404      404      404      404      404
POST operate_operators                     302/401  404      404      404      404      404
GET  operate_operator_remove               302/401  404      404      404      404      404
POST operate_operator_remove               302/401  404      404      404      404      404
GET  operate_addresses                     302/401  404      404      404      404      404
POST operate_addresses                     302/401  405      405      405      405      405
GET  operate_address_agree                 302/401  405      405      405      405      405
POST operate_address_agree                 302/401  404      404      404      404      404
GET  operate_merge_agree                   302/401  405      405      405      405      405
POST operate_merge_agree                   302/401  404      404      404      404      404
GET  operate_domain                        302/401  404      404      404      404      404
POST operate_domain                        302/401  404      404      404      404      404
GET  operate_domain_agree                  302/401  405      405      405      405      405
POST operate_domain_agree                  302/401  404      404      404      404      404
GET  operate_domain_cancel                 302/401  405      405      405      405      405
POST operate_domain_cancel                 302/401  404      404      404      404      404
GET  operate_resets                        302/401  404      404      404      404      404
POST operate_resets                        302/401  404      404      404      404      404
GET  operate_reset_agree                   302/401  405      405      405      405      405
POST operate_reset_agree                   302/401  404      404      404      404      404
GET  operate_reset_cancel                  302/401  405      405      405      405      405
POST operate_reset_cancel                  302/401  404      404      404      404      404
GET  operate_set_up                        404      404      404      404      404      404
POST operate_set_up                        404      404      404      404      404      404

GET  rounds                                302/401  200      200      200      404      404
POST rounds                                302/401  405      405      405      405      405
GET  round_new                             302/401  200      403      403      404      404
POST round_new                             302/401  302      403      403      404      404
GET  rounds_compare                        302/401  200      200      200      404      404
POST rounds_compare                        302/401  405      405      405      405      405
GET  rounds_exercise                       302/401  405      405      405      405      405
POST rounds_exercise                       302/401  200      200      200      404      404
GET  round                                 302/401  200      200      200      404      404
POST round                                 302/401  405      405      405      405      405
GET  round_change                          302/401  200      403      403      404      404
POST round_change                          302/401  302      403      403      404      404
GET  round_open                            302/401  405      405      405      405      405
POST round_open                            302/401  302      403      403      404      404
GET  round_close                           302/401  200      403      403      404      404
POST round_close                           302/401  302      403      403      404      404
GET  round_ask                             302/401  200      403      403      404      404
POST round_ask                             302/401  302      403      403      404      404
GET  round_pdf                             302/401  405      405      405      405      405
POST round_pdf                             302/401  200      200      200      404      404
GET  round_resend                          302/401  405      405      405      405      405
POST round_resend                          302/401  302      403      403      404      404
GET  round_remove                          302/401  200      403      403      404      404
POST round_remove                          302/401  302      403      403      404      404
GET  round_make_item                       302/401  200      200      403      404      404
POST round_make_item                       302/401  302      302      403      404      404
GET  round_paper_new                       302/401  200      200      403      404      404
POST round_paper_new                       302/401  302      302      403      404      404
GET  round_paper                           302/401  200      404      403      404      404
POST round_paper                           302/401  302      404      403      404      404
GET  round_paper_answer                    302/401  200      404      403      404      404
POST round_paper_answer                    302/401  302/200  404      403      404      404
GET  round_mine                            302/401  200      404      404      404      404
POST round_mine                            302/401  302      404      404      404      404
GET  round_mine_answer                     302/401  200      404      404      404      404
POST round_mine_answer                     302/401  302/200  404      404      404      404
GET  review                                401      401      401      401      401      401
POST review                                401      401      401      401      401      401
GET  review_answer                         401      401      401      401      401      401
POST review_answer                         401      401      401      401      401      401
GET  review_leave                          405      405      405      405      405      405
POST review_leave                          302      302      302      302      302      302
GET  review_begin                          200      200      200      200      200      200
POST review_begin                          302      302      302      302      302      302
"""

# An adviser gets what a reviewer gets, but for these; and with a grant of stage 2 the same as with
# one of the whole plan, but for these.
ADVISERS_TABLE = """
                                           adviser  partial
GET  people                                404      404
GET  invite                                404      404
POST invite                                404      404
GET  invite_several                        404      404
POST invite_several                        404      404
GET  deputies                              404      404
POST deputies                              404      404
POST deputy_end                            404      404
GET  member                                404      404
POST member                                404      404
GET  member_remove                         404      404
POST member_remove                         404      404
POST invitation_resend                     404      404
POST invitation_withdraw                   404      404
GET  composition                           404      404
GET  composition_new                       404      404
POST composition_new                       404      404
GET  composition_at                        404      404
POST suggestion_dismiss                    404      404
GET  balances                              404      404
GET  balance_new                           404      404
POST balance_new                           404      404
GET  balance                               404      404
GET  balance_compare                       404      404
POST balance_tie                           404      404
POST balance_settle                        404      404
POST balance_reopen                        404      404
GET  balance_committee                     404      404
POST balance_committee                     404      404
GET  balance_table                         404      404
POST balance_table                         404      404
POST balance_table_clear                   404      404
GET  balance_vote                          404      404
POST balance_vote                          404      404
POST balance_pdf                           404      404
POST balance_excel                         404      404
POST balance_word                          404      404
GET  budget                                404      404
GET  budget_settings                       404      404
POST budget_settings                       404      404
POST budget_download                       404      404
GET  amendment_add                         404      404
POST amendment_add                         404      404
GET  amendment                             404      404
POST amendment                             404      404
GET  amendment_statement                   404      404
POST amendment_statement                   404      404
GET  vacancies                             404      404
GET  vacancy_add                           404      404
POST vacancy_add                           404      404
GET  vacancy                               404      404
POST vacancy                               404      404
POST vacancy_note                          404      404
GET  confidence_motion_add                 404      404
POST confidence_motion_add                 404      404
GET  confidence_motion                     404      404
POST confidence_motion                     404      404
GET  annual_council                        404      404
GET  annual_council_rules                  404      404
POST annual_council_rules                  404      404
POST annual_council_script                 404      404
GET  office_election                       404      404
POST office_election                       404      404
GET  office_nominations                    404      404
POST office_nominations                    404      404
POST office_tie                            404      404
POST office_remove_vote                    404      404
POST office_again                          404      404
GET  election_night                        404      404
GET  election_night_news                   404      404
GET  election_night_start                  404      404
POST election_night_start                  404      404
GET  election_night_settings               404      404
POST election_night_settings               404      404
GET  election_night_wards                  404      404
POST election_night_wards                  404      404
GET  election_night_ward                   404      404
POST election_night_ward                   404      404
GET  election_night_ward_change            404      404
POST election_night_ward_change            404      404
GET  election_night_finish                 404      404
POST election_night_finish                 404      404
GET  election_night_stop                   404      404
POST election_night_stop                   404      404
POST election_night_ward_remove            404      404
POST election_night_pdf                    404      404
GET  group_notices                         404      404
GET  group_notice_new                      404      404
POST group_notice_new                      404      404
GET  balance_nominations                   404      404
GET  balance_seats_notice                  404      404
POST balance_seats_notice                  404      404
POST balance_notice_word                   404      404
GET  balance_nomination                    404      404
POST balance_nomination                    404      404
GET  appointments                          404      404
GET  appointment_new                       404      404
POST appointment_new                       404      404
GET  appointment_change                    404      404
POST appointment_change                    404      404
GET  plan_new                              404      404
POST plan_new                              404      404
GET  plan_stage                            200      404
GET  plan_mine                             403      403
GET  item_ask                              403      403
POST item_ask                              403      403
GET  item_links                            200      200
POST item_links                            403      403
GET  plan_date_links                       200      200
POST plan_date_links                       403      403
GET  parity                                403      403
POST parity_download                       403      403
GET  packs                                 403      403
POST pack_before_poll                      403      403
GET  comparison                            403      403
POST comparison_share                      403      403
POST comparison_stop                       403      403
GET  new_councillors                       403      403
POST new_councillor_returns                403      403
POST pack_new_councillors                  403      403
GET  pack_administration                   403      403
GET  finance_note                          403      403
POST pack_administration_download          403      403
GET  leaders_meetings                      403      403
POST leaders_agenda                        403      403
GET  leaders_meeting                       403      403
POST leaders_meeting_remove                403      403
POST leaders_actions                       403      403
GET  ways_of_working                       403      403
GET  protocol                              403      403
POST protocol_download                     403      403
GET  advice_question                       200      404
POST advice_question                       302      404
GET  plan_advisers                         403      403
GET  plan_adviser_looks                    403      403
GET  control_changes                       403      403
GET  council_data                          404      404
GET  council_data_export                   404      404
POST council_data_export                   404      404
GET  council_data_people                   404      404
GET  council_data_erase                    404      404
POST council_data_erase                    404      404
GET  council_data_address                  404      404
POST council_data_address                  404      404
GET  council_data_invitation               404      404
POST council_data_invitation               404      404
GET  council_data_second_factor            404      404
POST council_data_second_factor            404      404
GET  council_data_retention                404      404
POST council_data_retention                404      404
POST council_data_lift_hold                404      404
GET  council_data_request                  404      404
POST council_data_request                  404      404
POST council_data_request_cancel           404      404
GET  council_data_purge                    404      404
POST council_data_purge                    404      404
GET  council_data_certificate              404      404
POST step_comments                         302/200  403
POST item_comments                         302/200  403
POST thread                                302/200  403
GET  development_shared                    404      404
GET  check_in_accept                       404      404
POST check_in_accept                       404      404
GET  check_in                              404      404
POST check_in                              404      404
POST check_in_take_back                    404      404
GET  check_in_leave                        404      404
POST check_in_leave                        404      404
GET  stage_review                          403      403
POST stage_marks                           403      403
GET  sign_off                              403      403
GET  sign_off_statement                    403      403
POST sign_off_statement                    403      403
GET  snapshots                             403      403
GET  snapshot                              403      403
GET  snapshot_compare                      403      403
GET  snapshot_pdf                          403      403
POST snapshot_pdf                          403      403
GET  rounds                                200      404
GET  rounds_compare                        200      404
GET  round                                 200      404
POST rounds_exercise                       200      404
POST round_pdf                             200      404
"""
# What an operator, who is not a member of a council, gets of the operators' pages.
OPERATOR_TABLE = """
                                           operator
GET  operate                               200
POST operate                               405
GET  operate_council_new                   200
POST operate_council_new                   302
GET  operate_register                      200
POST operate_register                      422
GET  operate_council                       200
POST operate_council                       405
GET  operate_invite                        200
POST operate_invite                        422
GET  operate_stop                          200
POST operate_stop                          302
GET  operate_restart                       405
POST operate_restart                       302
GET  operate_notice                        200
POST operate_notice                        302
GET  operate_notice_end                    405
POST operate_notice_end                    302
GET  operate_health                        200
POST operate_health                        405
GET  operate_log                           200
POST operate_log                           405
GET  operate_operators                     200
POST operate_operators                     302
GET  operate_operator_remove               200
POST operate_operator_remove               302
GET  operate_addresses                     200
POST operate_addresses                     405
GET  operate_address_agree                 405
POST operate_address_agree                 302
GET  operate_merge_agree                   405
POST operate_merge_agree                   302
GET  operate_domain                        200
POST operate_domain                        409
GET  operate_domain_agree                  405
POST operate_domain_agree                  302
GET  operate_domain_cancel                 405
POST operate_domain_cancel                 302
GET  operate_resets                        200
POST operate_resets                        422
GET  operate_reset_agree                   405
POST operate_reset_agree                   302
GET  operate_reset_cancel                  405
POST operate_reset_cancel                  302
"""
# An adviser on another plan is an outsider here, but is sent to that plan.
OUTSIDE = {
    ("GET", "home", "elsewhere"): (302, 302),
    ("GET", "for_you", "elsewhere"): (302, 302),
    ("GET", "registers", "elsewhere"): (302, 302),
}

# What anyone at all may reach; everything else needs sign-in.
PUBLIC = {
    "accessibility",
    "account_email_confirm",
    "account_login",
    "account_logout",
    "account_merge_confirm",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "calendar_feed",
    "contact",
    "cookies",
    "digest_stop",
    "healthz",
    "help",
    "readyz",
    "privacy",
    "join",
    "mfa_authenticate",
    "operate_set_up",
    "review",
    "review_answer",
    "review_begin",
    "review_leave",
    "single_sign_on",
    "single_sign_on_callback",
}
# Pages that every holder of the link can read.
BY_LINK = {"join", "review_begin"}
# The guidance changes nothing whatever is sent, and is the same for everyone: it is only read here.
READ_ONLY = {pattern.name for pattern in get_resolver("frameworks.urls").url_patterns}

DAY = ("day", "month", "year")
TODAY = dt.date(2027, 5, 18)
OURS, THEIRS = "Quagga", "Narwhal"
UNSEEN = "Aurochs"  # a word of stages 1 and 3 only
# In the owner's own development record: shared with the reviewer; written in the journal, in a note
# and, chosen to be shown, in a check-in with the reviewer, who has not chosen.
SHARED, PRIVATE = "Ocelot", "Pangolin"


def names_of(patterns):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.name
        else:
            yield from names_of(pattern.url_patterns)


def names_below(urls):
    return set(names_of(get_resolver(urls).url_patterns))


def statuses(cell):
    page, _, fragment = cell.partition("/")
    return int(page), int(fragment or page)


def read(table, cast):
    for line in filter(re.compile("GET|POST").match, table.splitlines()):
        method, name, *cells = line.split()
        yield method, name, dict(zip(cast, map(statuses, cells), strict=True))


def rows(table, for_advisers=""):
    for_advisers = {(row[0], row[1]): row[2] for row in read(for_advisers, ADVISERS)}
    for method, name, expected in read(table, CAST):
        as_reviewer = dict.fromkeys(ADVISERS, expected["reviewer"])
        expected |= for_advisers.pop((method, name), as_reviewer)
        for who in OUTSIDERS:
            expected[who] = OUTSIDE.get((method, name, who), expected["visitor"])
        yield method, name, expected
    assert not for_advisers


ROWS = list(rows(TABLE, ADVISERS_TABLE))


class World:
    """Two councils with a plan each; every text a council can write carries its own mark."""

    def __init__(self, cast, ours, theirs):
        self.cast, self.ours, self.theirs = cast, ours, theirs
        self.cookies = {
            who: {name: cookie.value for name, cookie in signed_in(user).cookies.items()}
            if user
            else {}
            for who, user in cast.items()
        }
        self.composition, self.balance, self.scenario = {}, {}, {}
        self.question, self.deputy = {}, {}
        self.councillor, self.meeting = {}, {}
        self.suggestion = {}
        self.appointment = {}
        self.count, self.ward = {}, {}
        self.thread, self.comment = {}, {}
        self.own, self.removed, self.invitation, self.token, self.member = {}, {}, {}, {}, {}
        self.holiday, self.feed = {}, {}
        self.certificate, self.request = {}, {}
        self.grant, self.unseen = {}, {}
        self.bundle = {}
        self.issue, self.removed_issue = {}, {}
        self.parity, self.confidential = {}, {}
        self.amendment, self.amendment_in_confidence = {}, {}
        self.vacancy, self.motion = {}, {}
        self.mark, self.sign_off, self.rewritten, self.reopening = {}, {}, {}, {}
        self.round, self.closed_round, self.asked, self.paper, self.link = {}, {}, {}, {}, {}
        self.reference = {}
        self.forgetful = User.objects.create_user(email="who@example.org", name="Forgetful")
        self._operators()
        for plan, mark in ((ours, OURS), (theirs, THEIRS)):
            owner = plan.created_by
            Council.objects.filter(pk=plan.council_id).update(name=f"{mark} Borough Council")
            members = Membership.objects.current().filter(council=plan.council_id)
            User.objects.filter(memberships__in=members).update(name=f"Ms {mark}")
            grants = plan.adviser_grants
            User.objects.filter(adviser_grants__in=grants.live()).update(name=f"Dr {mark}")
            self.grant[plan] = grants.live().get(stage_1=True)
            members.update(job_title=f"Head of {mark}")
            Plan.objects.filter(pk=plan.pk).update(coalition_term=f"{mark} pact")
            plan.refresh_from_db()
            owner.refresh_from_db()
            items = list(plan.items.filter(step__number=13))
            member = Membership.objects.get(user=owner)
            answer(items[0], owner, note=f"Note of {mark}", owner=member)
            answer(items[1], owner, status=Status.NOT_NEEDED, reason=f"Because of {mark}")
            answer(items[2], owner, owner_name=f"Friend of {mark}", due=plan.election_day)
            self.own[plan] = own_item(plan, by=owner, title=f"Brief {mark}")
            self.removed[plan] = own_item(plan, by=owner, title=f"Forget {mark}")
            self.unseen[plan] = [
                own_item(
                    plan,
                    number,
                    by=owner,
                    title=f"{UNSEEN} {mark}",
                    owner_name=UNSEEN,
                    due=plan.election_day,
                    note=UNSEEN,
                )
                for number in (3, 23)
            ]
            remove_item(self.removed[plan], version=1, by=owner)
            record_export(plan, by=owner, detail=f"For {mark}")
            save_restricted_note(
                items[1], None, text=f"Restricted words of {mark}", version=0, by=owner
            )
            self.composition[plan] = record_composition(
                council=plan.council,
                as_at=dt.date(2026, 5, 7),
                composition=Composition((Group(f"{mark} group", 10), Group("Others", 10))),
                based_on=None,
                by=owner,
            )
            self.balance[plan] = create_balance(
                composition=self.composition[plan],
                committees=[Committee(f"{mark} committee", 5)],
                by=owner,
            )
            self.suggestion[plan] = CompositionSuggestion.objects.create(
                council=plan.council, groups=f"20 {mark} group"
            )
            record_group_notice(
                council=plan.council,
                kind="formed",
                group=f"{mark} group",
                leader=f"Leader of {mark}",
                members=10,
                signed_by=f"Leader of {mark}\nDeputy of {mark}",
                received_on=dt.date(2026, 5, 11),
                latest=0,
                by=owner,
            )
            self.appointment[plan] = save_appointment(
                plan.council,
                None,
                kind="chair",
                post=f"{mark} committee",
                holder=f"Chair of {mark}",
                made_by="Full council",
                from_on=None,
                until_on=None,
                version=0,
                by=owner,
            )
            self.scenario[plan] = save_scenario(
                None,
                plan=plan,
                base=self.composition[plan],
                name=f"If {mark} wins",
                changes=[SeatSwing("Others", f"{mark} group", 1)],
                version=0,
                by=owner,
            )
            self._election_night(plan, mark, owner)
            self._annual_council(plan, mark, owner)
            answer(items[2], owner, note=f"First words of {mark}")
            answer(items[2], owner, note=f"Second words of {mark}")
            self.rewritten[plan] = items[2]
            self._register(plan, mark, owner)
            self._parity(plan, mark, owner)
            self._budget(plan, mark, owner)
            answers = {point.key: (f"Words of {mark}", False) for point in NEGOTIATION.points}
            save_protocol(plan, NEGOTIATION, version=0, answers=answers, by=owner)
            self._packs(plan, mark, owner)
            self._advice(plan, mark, owner)
            self.bundle[plan] = bundle = ask_for_bundle([plan], by=owner)
            keep_pdf(bundle.entries.get(), plan, report_for(plan, today=TODAY), b"%PDF", by=owner)
            finish_bundle(bundle)
            comment = start_thread(
                plan, items[0].step, item=items[0], text=f"Said by {mark}", by=owner, tell=[member]
            )
            self.comment[plan], self.thread[plan] = comment, comment.thread
            self._review(plan, mark, owner)
            self._rounds(plan, mark, owner, member)
            change = record_control_change(
                plan,
                day=dt.date(2026, 1, 1),
                kind="leader",
                words=f"Shift of {mark}",
                control=plan.control,
                control_standing=plan.control_standing,
                formality=plan.formality,
                steps=[items[0].step],
                version=plan.version,
                by=owner,
            )
            self.reopening[plan] = change.reopenings.get()
            place = {"email": f"{mark}@example.org".lower(), "name": f"Mx {mark}"}
            post = {"office": "slt-member", "job_title": f"Aide of {mark}", "access": "editor"}
            set_date(
                plan,
                "annual_meeting",
                date=plan.timetable.annual_meeting_to,
                reason=f"Said {mark}",
                version=0,
                by=owner,
            )
            self.holiday[plan] = add_bank_holiday(
                plan.council, day=plan.election_day, name=f"Day of {mark}", by=owner
            )
            self.feed[plan] = make_feed(plan, by=owner)
            self.invitation[plan] = invite(
                council=plan.council,
                by=owner,
                link_for=lambda token, plan=plan: self.token.update({plan: token}) or token,
                **place,
                **post,
            )
            self.own_record(owner, mark, reader=None if mark == THEIRS else cast["reviewer"])
            old = create_plan(council=plan.council, by=owner, election_day=dt.date(2017, 5, 4))
            self.certificate[plan] = purge_plan(old, by=owner)
            # Its notice is over, so that each owner can carry it out.
            self.request[plan] = ConfirmationRequest.objects.create(
                council=plan.council,
                kind="lift-hold",
                by=self.forgetful,
                at=plan.created_at - dt.timedelta(30),
            )
            # Not the only owner: a council keeps its last one.
            self.member[plan] = members.exclude(user=owner).last() or members.get()
            settle_owners(owner)
            self._ask_to_change_address(self.member[plan].user)
            self.deputy[plan] = name_deputy(self.member[plan], office="head-of-hr", by=owner)

    def _ask_to_change_address(self, person):
        """Ask for a change that others confirm in place of a lost mailbox; return its token."""
        tokens = []
        ask_to_change_address(
            person,
            email=f"new-{person.email}",
            has_lost_old=True,
            link_for=lambda token: tokens.append(token) or token,
        )
        return tokens[0]

    def _ask_to_merge(self, user):
        """Ask, for two operators to confirm, and return the token of the link."""
        tokens = []
        other = User.objects.create_user(email="other@example.org", name="Forgetful")
        ask_to_merge(
            user,
            email=other.email,
            has_lost_other=True,
            link_for=lambda token: tokens.append(token) or token,
        )
        return tokens[0]

    def _operators(self):
        """Make two operators; the second has asked to reset a person’s two-step sign-in."""
        self.operator, second = (
            add_operator(email=f"{name}@operators.example", name=name.title(), by=None)
            for name in ("olive", "oscar")
        )
        QuerySet(OperatorEvent).update(at=timezone.now() - dt.timedelta(30))
        for person in (self.operator, self.forgetful):
            TOTP.activate(person, generate_totp_secret())
        self.address_token = self._ask_to_change_address(self.forgetful)
        self.merge_token = self._ask_to_merge(self.forgetful)
        DomainMove.objects.create(
            council=self.ours.council,
            old_domain="old.example",
            new_domain="new.example",
            asked_by=second,
        )
        self.reset = request_reset(email=self.forgetful.email, reason="Called back", by=second)
        self.cookies["operator"] = {
            name: cookie.value for name, cookie in signed_in(self.operator).cookies.items()
        }

    def _election_night(self, plan, mark, owner):
        """A count with a ward that has a result, and one that has none."""
        count = start_count(
            plan,
            by_wards=True,
            wards=[(f"{mark} park", 1), (f"{mark} ward", 2)],
            groups=[(f"{mark} group", 0)],
            seats_up=20,
            by=owner,
        )
        count.plan = plan
        park, self.ward[plan] = ElectionCount.objects.with_results().get(pk=count.pk).wards.all()
        park.count = count
        save_result(park, status="declared", seats={f"{mark} group": 1}, version=1, by=owner)
        self.count[plan] = ElectionCount.objects.get(pk=count.pk)

    NOMINATED: ClassVar = {
        "chair": ["Bell", "Cole"],
        "vice-chair": ["Dunn", "Eden"],
        "leader": ["Ford"],
    }

    def _nominees(self, plan, office):
        election = OfficeElection.objects.get(plan=plan, office=office, attempt=1)
        return election.nominees.all()

    def _annual_council(self, plan, mark, owner):
        """A chair to be elected, a tie for vice-chair, and a Leader who was not elected."""
        for office, names in self.NOMINATED.items():
            names = [f"{name} of {mark}" for name in names]
            election = save_nominees(plan, office, version=0, names={}, new=names, by=owner)
            against = {"leader": 3}.get(office, 0)
            if office != "chair":
                votes = {nominee.pk: 2 for nominee in election.nominees.all()}
                save_vote(election, votes=votes, against=against, version=1, by=owner)

    def _register(self, plan, mark, owner):
        """One entry of each kind, and an issue that was removed."""

        def add(model, **fields):
            return add_to_register(model, plan, by=owner, **fields)

        day = plan.election_day + dt.timedelta(days=20)
        add(
            Agreement,
            kind="case-by-case",
            manner="written",
            parties=f"{mark} group\nOthers",
            covers=f"Terms of {mark}",
            kept_at=f"Safe of {mark}",
            review_on=day,
        )
        add(
            EarlyWin,
            words=f"Win of {mark}",
            due=day,
            owner=Membership.objects.get(user=owner),
        )
        self.issue[plan], self.removed_issue[plan] = (
            add(
                Issue,
                kind="red-line",
                group=f"{mark} group",
                words=f"Line {n} of {mark}",
                agreed=f"Agreed by {mark}",
                bites_on=day,
            )
            for n in (1, 2)
        )
        remove_from_register(self.removed_issue[plan], version=1, by=owner)

    def _review(self, plan, mark, owner):
        """Stages 2 and 3 are in review, 3 with a concern; stage 1 is signed off."""
        first, second, third = Stage.objects.filter(framework=plan.transition_id)
        everyone = list(Membership.objects.filter(council=plan.council_id))
        review = ask_for_review(
            plan, third, reviewers=everyone, due=dt.date(2099, 1, 1), words=f"Ask {mark}", by=owner
        )
        ask_for_review(plan, second, reviewers=everyone, due=dt.date(2099, 1, 1), by=owner)
        mark_step(
            review,
            third.steps.get(number=23),
            reviewer=Membership.objects.get(user=owner),
            verdict="concern",
            words=f"Concern of {mark}",
            version=0,
            by=owner,
        )
        self.mark[plan] = review.marks.get()
        self.sign_off[plan] = sign_off_stage(
            plan, first, seen=latest_change(plan, first), reason=f"As {mark}", by=owner
        )

    def _rounds(self, plan, mark, owner, member):
        """One that has closed, with answers, and one that is open; the owner is asked in both."""
        today = timezone.localdate()
        component = CoalitionComponent.objects.get(framework=plan.components_id, number=10)
        for name, which in (("last", self.closed_round), ("this", self.round)):
            which[plan] = made = make_round(
                plan, name=f"{mark} {name}", opens=today, closes=today, by=owner
            )
            mine = ask_member(made, membership=member, group="officers", by=owner)
            self.asked[plan] = ask_by_link(
                made,
                name=f"Cllr {mark}",
                email=f"cllr@{mark}.example",
                group="leading",
                by=owner,
                link_for=lambda token: self.link.update({plan: token}) or token,
            )
            self.paper[plan] = add_on_paper(made, name=f"Sheet of {mark}", group="wider", by=owner)
            if which is self.closed_round:
                for each in (mine, self.asked[plan], self.paper[plan]):
                    answer = save_round_answer(
                        each, component, version=0, strength=3, to_do=f"Deed of {mark}"
                    )
                    finish_answers(each, may_be_named=True)
                self.reference[plan] = answer.reference
                close_round(made, by=owner)

    def address(self, name, plan, **options):
        return reverse(name, kwargs=self.arguments(name, plan, **options))

    def arguments(self, name, plan, *, item=None, number=13, office="monitoring-officer"):
        """What the address of a page names, of this plan and its council."""
        item = item or {
            "item_remove": self.own[plan],
            "item_restore": self.removed[plan],
            "item_bring_back": self.rewritten[plan],
        }.get(name, plan.items.filter(step__number=13).first())
        known = {
            "plan_id": plan.pk,
            "item_id": item.pk,
            "bundle_id": self.bundle[plan].pk,
            "bulk_id": 999_999,  # of no change: what one shows and undoes has tests of its own
            "slug": plan.council.slug,
            "council_slug": plan.council.slug,
            "section": "term",
            "number": 3 if name in {"plan_stage", "guidance_theme"} else number,
            "office": office,
        }
        if name.startswith("stage_"):
            known["number"] = {"stage_reopen": 1, "stage_marks": 2}.get(name, 3)
        if name.startswith("register"):
            issues = self.removed_issue if name == "register_restore" else self.issue
            known |= {"noun": "issue", "entry_id": issues[plan].pk}
        else:
            known["entry_id"] = self.entry.pk
        known["reopening_id"] = self.reopening[plan].pk
        known["mark_id"] = self.mark[plan].pk
        known["sign_off_id"] = self.sign_off[plan].pk
        known["snapshot_id"] = self.sign_off[plan].snapshot_id
        if name in {"plan_area", "guidance_area", "guidance_component"}:
            known["number"] = 10
        known["theme"] = known["phase"] = 1
        known["standard_id"] = self.standard.pk
        known["check_in_id"] = self.check_in.pk
        known["kind"], known["subject_id"] = "principle", self.principle.pk
        known["share_id"] = self.share.pk
        known["thread_id"] = self.thread[plan].pk
        known["comment_id"] = self.comment[plan].pk
        known["token"] = (self.feed if name == "calendar_feed" else self.token)[plan]
        if name == "check_in_accept":
            known["token"] = token_for(self.forgetful, self.cast["reviewer"].email)
        if name == "account_email_confirm":
            known["token"] = self.address_token
        if name == "account_merge_confirm":
            known["token"] = self.merge_token
        if name == "digest_stop":
            known["token"] = stop_path(self.forgetful).split("/")[-2]
        known["grant_id"] = self.grant[plan].pk
        known["deputy_id"] = self.deputy[plan].pk
        known["pk"] = (self.invitation if "invitation" in name else self.member)[plan].pk
        if name.startswith(("composition", "balance")):
            known["pk"] = (self.composition if "composition" in name else self.balance)[plan].pk
            known["committee_id"] = self.balance[plan].committees.get().pk
        if name == "suggestion_dismiss":
            known["pk"] = self.suggestion[plan].pk
        if "holiday" in name:
            known["pk"] = self.holiday[plan].pk
        closed = name in {"round_make_item", "round_pdf"}
        known["round_id"] = (self.closed_round if closed else self.round)[plan].pk
        known["respondent_id"] = (self.paper if "paper" in name else self.asked)[plan].pk
        known["reference"] = self.reference[plan]
        if name == "review_begin":
            known["token"] = self.link[plan]
        if name.endswith(("paper_answer", "mine_answer", "review_answer")):
            known["number"] = 10
        known["key"] = "annual_meeting"
        if name.startswith("office_"):
            of_page = {"office_tie": "vice-chair", "office_remove_vote": "vice-chair"}
            known["office"] = of_page.get(name, "leader" if name == "office_again" else "chair")
        if name.startswith("council_data_request"):
            known["pk"] = self.request[plan].pk
        if name == "council_data_certificate":
            known["pk"] = self.certificate[plan].pk
        if name == "account_reset_password_from_key":
            known["uidb36"] = user_pk_to_url_str(self.forgetful)
            known["key"] = default_token_generator.make_token(self.forgetful)
        if name == "operate_operator_remove":
            known["pk"] = self.operator.pk
        if name == "operate_address_agree":
            known["pk"] = AddressChange.objects.get(user=self.forgetful).pk
        if name == "operate_merge_agree":
            known["pk"] = AccountMerge.objects.get(asked_by=self.forgetful).pk
        if name.startswith("operate_reset"):
            known["pk"] = self.reset.pk
        known["party"], known["appointment_id"] = 1, self.appointment[plan].pk
        known["scenario_id"] = self.scenario[plan].pk
        known["protocol"], known["form"] = "negotiation", "interests"
        known["meeting_id"] = self.meeting[plan].pk
        known["parity_id"] = self.parity[plan, name == "parity_restore"].pk
        known["question_id"] = self.question[plan].pk
        known["request_id"] = self.confidential[plan].pk
        known["vacancy_id"], known["motion_id"] = self.vacancy[plan].pk, self.motion[plan].pk
        known["amendment_id"] = self.amendment[plan].pk
        known["confidential_id"] = self.amendment_in_confidence[plan].pk
        known["ward_id"] = self.ward[plan].pk
        wanted = get_resolver().reverse_dict.getlist(name)[0][0][0][1]
        return {key: known[key] for key in wanted}

    def own_record(self, person, mark, *, reader):
        """Of the owner of each council; the reviewer may read some of the first."""
        record = start_record(person)
        open_check_in(person, other=self.forgetful)  # so that they can share with each other
        standard = record.standards[0]
        words = mark if reader is None else SHARED
        answer = StandardAnswer(record=record, standard=standard, version=0)
        save_answer(answer, version=0, rating="begun", evidence=words, next_step=words)
        if reader:
            day = timezone.localdate()
            until = day + dt.timedelta(days=9)
            self.entry = write_entry(record, day=day, words=PRIVATE)
            self.principle = Reflection.subjects("principle", record).first()
            reflection = Reflection(record=record, principle=self.principle, version=0)
            save_reflection(reflection, version=0, note=PRIVATE)
            self.check_in = open_check_in(person, other=reader).check_in
            CheckInPart.objects.filter(check_in=self.check_in, person=person).update(
                strain=PRIVATE, shown_at=timezone.now()
            )
            self.share = share_record(
                record, reader=reader, themes=[standard.theme], with_journal=False, until=until
            )
        self.standard = standard

    def body(self, name, plan):
        """What the page itself would send, so that a refusal is for who one is."""
        day = {"election_day-day": 1, "election_day-month": 5, "election_day-year": 2031}
        settings = {
            "control": "unknown",
            "control_standing": "expected",
            "formality": "unknown",
            "coalition_term": "alliance",
            "stage_2_weeks": 4,
            "marking": "official",
        } | day
        same_day = {
            f"election_day-{part}": getattr(plan.election_day, part)
            for part in ("day", "month", "year")
        }
        meeting = {"date-day": 20, "date-month": 5, "date-year": plan.election_day.year}
        holiday = {"day-day": 4, "day-month": 5, "day-year": plan.election_day.year}
        post = {"office": "slt-member", "job_title": "", "access": "reviewer"}
        last_day = timezone.localdate() + dt.timedelta(days=30)
        until = {f"until-{part}": getattr(last_day, part) for part in ("day", "month", "year")}
        scope = {"stages": [1, 2], "reach": "read"} | until
        entry = {"day-day": 1, "day-month": 5, "day-year": 2027, "words": "Learned"}
        issue = {"kind": "crunch", "words": "A budget for parks", "state": "open"}
        offered = {"offered_on-day": 1, "offered_on-month": 5, "offered_on-year": 2026}
        offer = offered | {
            "kind": "briefing",
            "words": "The budget",
            "offered_by": "An officer",
            "group": "Others",
            "outcome_0": "offered",
        }
        today = timezone.localdate()
        held = {f"held_on-{part}": getattr(today, part) for part in DAY}
        request = {f"asked_on-{part}": getattr(today, part) for part in DAY}
        request |= {"group": "Others", "words": "Costs of a park"}
        vacancy = {
            f"{name}-{part}": getattr(day, part)
            for name, day in (("arose_on", today), ("term_ends", last_day))
            for part in DAY
        }
        vacancy |= {"ward": "Castle", "group": "no-group", "cause": "death", "state": "open"}
        motion = {f"received_on-{part}": getattr(today, part) for part in DAY}
        motion |= {"signed": 5, "state": "received"}
        amendment = {f"received_on-{part}": getattr(today, part) for part in DAY}
        amendment |= {"group": "Others", "title": "A park", "state": "received"}
        document = {"title": "A report", "address": "https://example.gov.uk/report"}
        return {
            "development_standard": {"version": 1, "rating": "secure"},
            "development_rate": {"version": 1, "rating": "secure"},
            "check_in_new": {"email": self.forgetful.email},
            "check_in": {"version": 1, "unsaid": "Nothing"},
            "development_reflection": {"version": 1, "note": "Doubtful"},
            "development_entry_new": entry | {"version": 0},
            "development_entry": entry | {"version": 1},
            "development_share": until
            | {"email": self.forgetful.email, "themes": [self.standard.theme_id]},
            "plan_adviser_new": scope | {"name": "Ada New", "email": "ada@example.org"},
            "plan_adviser_change": scope | {"seen": self.grant[plan].scope_in_words},
            "bundle_ask": {"plans": [plan.pk]},
            "invite": post | {"name": "New Person", "email": "new@example.org"},
            "invite_several": {
                "form-TOTAL_FORMS": 1,
                "form-INITIAL_FORMS": 0,
                "form-0-name": "New Person",
                "form-0-email": "new@example.org",
                "form-0-office": "monitoring-officer",
            },
            "deputies": {
                "office": "returning-officer",
                "membership": self.member[plan].pk,
            },
            "member": post | {"seen": self.member[plan].state},
            "account_name": {"name": "New Name"},
            "account_email_change": {"email": "new@example.org"},
            "account_merge": {"email": "other@example.org", "keeps_other": "this"},
            "digest": {"digest_frequency": "daily"},
            "join": {"password": "seven brown herons"},
            "step_comments": {"text": "Something to say"},
            "item_comments": {"text": "Something to say"},
            "thread": {"text": "Something more to say"},
            "comment_edit": {"text": "Better said"},
            "restricted_note": {"version": 0, "text": "Only for us"},
            "composition_new": {
                "based_on": self.composition[plan].pk,
                "as_at-day": 5,
                "as_at-month": 11,
                "as_at-year": 2026,
                "rows": 1,
                "name_1": "Oak",
                "number_1": 7,
                "rule": "seats",
                "seats_changed": "on",
            },
            "group_notice_new": {
                "latest": GroupNotice.objects.filter(council=plan.council_id).get().pk,
                "kind": "formed",
                "group": "Larch",
                "leader": "Lee Ward",
                "members": 2,
                "signed_by": "Lee Ward\nJo Hill",
                "received_on-day": 5,
                "received_on-month": 11,
                "received_on-year": 2026,
            },
            "balance_seats_notice": {
                "version": 0,
                "addressee": "Lee Ward",
                "given_on-day": 5,
                "given_on-month": 11,
                "given_on-year": 2026,
            },
            "balance_nomination": {"version": 0, "basis": "wishes"},
            "appointment_new": {"version": 0, "kind": "lead", "post": "Adult services"},
            "appointment_change": {"version": 1, "kind": "chair", "post": "Planning"},
            "balance_new": {"rows": 1, "name_1": "Planning", "number_1": 9},
            "balance_tie": {"version": 1, "party": "Others", "reason": "Lots were drawn"},
            "balance_settle": {"all-version": 1, "all-reason": "Lots were drawn"},
            "balance_reopen": {"version": 1},
            "balance_committee": {"version": 1, "seats_1": 1, "seats_2": 4},
            "balance_table": {
                "version": 1,
                "reason": "The leaders agreed",
                "is_departure": "on",
                "seats_1_1": 1,
                "seats_1_2": 4,
            },
            "balance_table_clear": {"version": 1},
            "balance_vote": {
                "version": 1,
                "meeting_on-day": 5,
                "meeting_on-month": 11,
                "meeting_on-year": 2026,
                "votes_for": 20,
                "votes_against": 0,
                "abstentions": 0,
            },
            "annual_council_rules": {
                "version": 0,
                "presiding": "chosen",
                "rule": "eliminate",
                "lowest_tie": "lot",
                "tie": "casting",
            },
            "office_election": {"version": 1}
            | {f"votes_{each.pk}": 5 + n for n, each in enumerate(self._nominees(plan, "chair"))},
            "office_nominations": {"version": 1, "name_new_1": "Another"},
            "office_tie": {"version": 2, "decision": self._nominees(plan, "vice-chair")[0].pk},
            "office_remove_vote": {"version": 2},
            "office_again": {"version": 2},
            "election_night_start": {"by_wards": "totals", "seats_up": 20},
            "election_night_settings": self._night_settings(plan),
            "election_night_wards": {"name": "Castle", "seats": 3},
            "election_night_ward": {"version": 1, "status": "declared", "seats_none": 2},
            "election_night_ward_change": {"version": 1, "name": "Castle", "seats": 2},
            "election_night_ward_remove": {"version": 1},
            "election_night_finish": {
                "revision": self.count[plan].revision,
                "based_on": self.composition[plan].pk,
                "confirmed": "on",
                "as_at-day": 10,
                "as_at-month": 5,
                "as_at-year": 2027,
            },
            "election_night_stop": {"revision": self.count[plan].revision},
            "scenario_new": {"version": 0, "name": "Another"},
            "scenario": {"version": 1, "name": "The same"},
            "plan_new": settings | {"create": "1"},
            "plan_next": day | {"finished": "on", "make": "1"},
            "register_add": issue,
            "register_entry": issue | {"version": 1},
            "register_remove": {"version": 1},
            **dict.fromkeys(("item_links", "register_links", "plan_date_links"), document),
            "advice_ask": {
                "step": 13,
                "adviser": self.grant[plan].pk,
                "question": "What else?",
                **{f"due-{part}": getattr(timezone.localdate(), part) for part in DAY},
            },
            "advice_question": {"answer": "It depends"},
            "parity_add": offer,
            "parity_entry": offer | {"version": 1},
            "parity_remove": {"version": 1},
            "protocol": {"version": 1}
            | {f"words-{point.key}": "Agreed" for point in BY_KEY["negotiation"].points},
            "protocol_agreement": {"version": 1, "state": "draft"},
            "new_councillor_names": {"version": 1, "names": f"{self.councillor[plan]}"},
            "new_councillor_returns": {"mistaken": self.councillor[plan].pk},
            "leaders_meeting_add": held | {"version": 0},
            "leaders_meeting": held | {"version": 1},
            "leaders_meeting_remove": {"version": 1},
            "leaders_actions": {
                "version": 1,
                "add-1": "on",
                "title-1": "Act",
                "step-1": plan.items.filter(step__number=13)[0].step_id,
            },
            "parity_request_new": request | {"version": 0},
            "parity_request": request | {"version": 1},
            "budget_settings": {"version": 0, "year": plan.election_day.year + 1},
            "vacancy_add": vacancy,
            "vacancy": vacancy | {"version": 1},
            "confidence_motion_add": motion,
            "confidence_motion": motion | {"version": 1},
            "amendment_add": amendment,
            "amendment": amendment | {"version": 1},
            "amendment_in_confidence_new": amendment | {"version": 0},
            "amendment_in_confidence": amendment | {"version": 1},
            "amendment_in_confidence_publish": {"version": 1},
            "control_change_new": settings
            | {"version": 1, "kind": "leader", "words": "A new one"}
            | {"day-day": 1, "day-month": 2, "day-year": 2026},
            "item_bring_back": self._earlier_text(plan),
            "plan_settings": settings | same_day | {"version": 1, "confirm": "1"},
            "plan_settings_section": {"coalition_term": "alliance", "version": 1},
            "plan_date": meeting | {"version": 1, "reason": "Agreed"},
            "plan_due": {"which": "all", "change": "clear"},
            "bank_holiday_add": holiday | {"name": "A day off"},
            "council_cycle": {"cycle": "thirds"},
            "interim": {"version": 0, "officers": "Part 3"},
            "interim_note": {"format": "word"},
            "item_add": {"title": "Something of our own"},
            "item": {"part": "status", "status": "in-progress", "version": 2},
            "council_data_retention": {"version": 1, "years": "5", "hold": ""},
            "council_data_request": {"typed": "lift the hold"},
            "council_data_purge": {"typed": f"{plan.election_day:%-d %B %Y}"},
            "council_data_erase": {"typed": self.member[plan].user.name},
            "stage_review": {
                "version": 1,
                "reviewers": [self.member[plan].pk],
                "due-day": 2,
                "due-month": 2,
                "due-year": 2099,
            },
            "stage_marks": self._marks(),
            "stage_answer": {"version": 1, "answer": "We have seen to it"},
            "sign_off_statement": {"words": "The legal advice was followed"},
            "stage_sign_off": {
                "seen": latest_change(plan, self.mark[plan].review.stage),
                "reason": "Nothing is left",
            },
            "stage_reopen": {"reason": "It changed"},
            "snapshot_new": {"stages": ["2"], "reason": "Before a meeting"},
            "round_new": self._days("Another") | {"version": 0},
            "round_change": {"version": 1, "name": "Another"}
            | {f"closes-{part}": getattr(timezone.localdate(), part) for part in DAY},
            "round_ask": {
                "by_link": "1",
                "link-name": "Ada New",
                "link-email": "ada@example.org",
                "link-group": "wider",
            },
            "round_paper_new": {"name": "Una Umber", "group": "wider"},
            "round_paper": {"finish": "1"},
            "round_mine": {"finish": "1"},
            "round_paper_answer": {"version": 0, "strength": "3"},
            "round_mine_answer": {"version": 0, "strength": "3"},
            "review_answer": {"version": 0, "strength": "3"},
            "round_make_item": {
                "title": "Do it",
                "step": self.own[plan].step_id,
            },
            "operate_council_new": {"name": "New Shadow Authority", "type": "unitary"},
            "operate_invite": post | {"name": "New Person", "email": "new@example.org"},
            "operate_stop": {"reason": "An incident"},
            "operate_notice": {"text": "Closed on Sunday"},
            "operate_operators": {"name": "New Person", "email": "new@example.org"},
            "operate_resets": {"email": self.forgetful.email, "reason": "Known"},
            "item_remove": {"version": 1},  # action_plan_pdf: nothing, for 422 says that one may
        }.get(name, {})

    def _advice(self, plan, mark, owner):
        grant = self.grant[plan]
        step = Step.objects.select_related("stage").get(framework=plan.transition_id, number=13)
        self.question[plan] = ask_for_advice(
            plan,
            step,
            adviser=grant.adviser,
            question=f"What of {mark}?",
            due=timezone.localdate(),
            by=owner,
        )

    def _packs(self, plan, mark, owner):
        save_councillors(plan, [(f"Councillor of {mark}", "")], version=0, by=owner)
        self.councillor[plan] = NewCouncillor.objects.get(listed_in__plan=plan)
        returned = [self.councillor[plan].pk]
        record_returns(plan, FORMS[1], returned=returned, day=TODAY, by=owner)
        save_finance_note(plan, words=f"Figures of {mark}", version=0, by=owner)
        self.meeting[plan] = add_leaders_meeting(
            plan, held_on=TODAY, notes=f"Notes of {mark}", to_do=f"Act for {mark}", by=owner
        )

    def _parity(self, plan, mark, owner):
        day = dt.date(2027, 5, 10)
        offer = {"kind": "facts", "offered_on": day, "offered_by": f"Officer of {mark}"}
        shares = [(f"{mark} group", "given", day), ("Others", "declined", None)]
        for removed in (False, True):
            self.parity[plan, removed] = add_parity_entry(
                plan, shares=shares, by=owner, words=f"Budget of {mark}", **offer
            )
        remove_parity_entry(self.parity[plan, True], version=1, by=owner)
        self.confidential[plan] = save_confidential_request(
            None,
            plan=plan,
            version=0,
            by=owner,
            group=f"{mark} group",
            asked_on=day,
            words=f"Costs for {mark}",
        )

    def _budget(self, plan, mark, owner):
        fields = {
            "group": f"{mark} group",
            "received_on": dt.date(2028, 2, 1),
            "lines": [AmendmentLine(f"Line of {mark}", 100, 100)],
            "by": owner,
        }
        self.amendment[plan] = add_amendment(plan, title=f"Parks of {mark}", **fields)
        self.amendment_in_confidence[plan] = save_confidential_amendment(
            None, plan=plan, version=0, title=f"Costs for {mark}", **fields
        )

        self.vacancy[plan] = add_vacancy(
            plan,
            ward=f"Ward of {mark}",
            cause="death",
            arose_on=dt.date(2027, 6, 1),
            term_ends=dt.date(2031, 5, 5),
            by=owner,
        )
        self.motion[plan] = add_motion(plan, received_on=dt.date(2027, 6, 1), signed=5, by=owner)

    def _night_settings(self, plan):
        names = {f"name_{group.pk}": group.name for group in self.count[plan].groups.all()}
        return names | {"version": 1, "seats_up": 20}

    def _days(self, name):
        today = timezone.localdate()
        return {"name": name} | {
            f"{field}-{part}": getattr(today, part) for field in ("opens", "closes") for part in DAY
        }

    def _earlier_text(self, plan):
        item = fresh(self.rewritten[plan])
        change = EventChange.objects.filter(event__item=item, field="note").exclude(before="").get()
        return {"version": item.version, "change": change.pk}

    def _marks(self):
        versions = {f"step-{number}-version": 0 for number in range(11, 21)}
        return versions | {"step-13-verdict": "concern", "step-13-words": "Not yet"}

    def ask(self, who, method, address, data=None, *, fragment=False):
        """One request by one of the cast, undone when it is answered."""
        with transaction.atomic():
            client = browser()
            client.cookies.load(self.cookies[who])
            headers = HTMX if fragment else {}
            response = getattr(client, method.lower())(address, data or {}, headers=headers)
            transaction.set_rollback(True)
        return response

    def ask_and_follow(self, who, method, address, data=None, *, fragment=False):
        """As `ask`; where the answer sends on within the plan, what is there."""
        response = self.ask(who, method, address, data, fragment=fragment)
        if response.status_code == 302:
            return self.ask(who, "GET", response.url, fragment=fragment)
        return response


@pytest.fixture
def world(
    prepared,
    quick_press,
    chief,
    officer,
    reviewer,
    stranger,
    plan,
    their_plan,
    adviser,
    partial_adviser,
    expired_adviser,
    revoked_adviser,
    elsewhere,
    removed,
):
    def build():
        visitor = User.objects.create_user(email="visitor@example.org", name="Visitor")
        visitor.set_password("a-long-enough-password")
        visitor.save()
        people = (None, chief, officer, reviewer, stranger, visitor, adviser, partial_adviser)
        people += (expired_adviser, revoked_adviser, elsewhere, removed)
        return World(dict(zip(EVERYONE, people, strict=True)), plan, their_plan)

    return prepared("world", build)


# As TABLE has it they are switched off; here they are on, with a provider that does not answer.
SWITCHED_ON = """
GET  single_sign_on                        405      405      405      405      405      405
POST single_sign_on                        502      502      502      502      502      502
GET  single_sign_on_callback               400      400      400      400      400      400
POST single_sign_on_callback               405      405      405      405      405      405
GET  single_sign_on_connect                302/401  405      405      405      405      405
POST single_sign_on_connect                302/401  302      302      302      302      302
GET  single_sign_on_remove                 302/401  405      405      405      405      405
POST single_sign_on_remove                 302/401  302      302      302      302      302
"""


def everything_in(response):
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode(errors="replace") + str(response.headers)


def test_every_address_is_in_the_table():
    known = {(method, name) for method, name, _ in ROWS}
    assert len(known) == len(ROWS)
    names = set(names_of(get_resolver().url_patterns))
    assert {name for method, name in known if method == "GET"} == names
    assert {name for method, name in known if method == "POST"} == names - READ_ONLY


# Putting the world back takes longer than asking for a page as everyone: many rows share one.
CHUNKS = [ROWS[start : start + 20] for start in range(0, len(ROWS), 20)]


@pytest.mark.parametrize("chunk", CHUNKS, ids=[f"from-{chunk[0][1]}" for chunk in CHUNKS])
def test_who_gets_what(world, chunk, subtests, sampled):
    for method, name, expected in sampled(chunk):
        with subtests.test(f"{method} {name}"):
            assert_who_gets_what(world, method, name, expected)


def assert_who_gets_what(world, method, name, expected):
    address, body = world.address(name, world.ours), world.body(name, world.ours)
    for who in EVERYONE:
        page, fragment = expected[who]
        asks_both = who in FRAGMENTS_FOR or page != fragment
        answers = [
            world.ask(who, method, address, body if method == "POST" else None, fragment=fragment)
            for fragment in ((False, True) if asks_both else (False,))
        ]
        found = tuple(response.status_code for response in answers)
        assert found == expected[who][: len(found)], who
        # Every holder of an invitation's link can read it.
        ours_may_show = who in {"owner", "editor", "reviewer", *ADVISERS} or name in BY_LINK
        theirs_may_show = who in {"stranger", "elsewhere"}
        for response in answers:
            shown = everything_in(response)
            assert who in {"owner", "editor", "reviewer", "adviser"} or UNSEEN not in shown, who
            assert ours_may_show or OURS not in shown, who
            assert theirs_may_show or THEIRS not in shown, who
            is_own = who == "owner" and name.startswith(("development", "check_in"))
            assert is_own or PRIVATE not in shown, who
            is_reader = (who, name) == ("reviewer", "development_shared")
            assert is_own or is_reader or SHARED not in shown, who


def test_an_operator_sees_no_answer_note_comment_or_rating(world, subtests):
    """Every text that a council writes has its mark. Names of councils and owners alone are seen.

    An operator without a membership is a visitor everywhere else.
    """
    expected = {
        (method, name): int(status)
        for method, name, status in map(str.split, OPERATOR_TABLE.strip().splitlines()[1:])
    }
    assert {name for _, name in expected} == names_below("operate.urls") - {"operate_set_up"}
    for method, name in expected:
        with subtests.test(f"{method} {name}"):
            body = world.body(name, world.ours) if method == "POST" else {}
            response = world.ask("operator", method, world.address(name, world.ours), body)
            assert response.status_code == expected[method, name]
            shown = everything_in(response)
            for mark in (OURS, THEIRS):
                for name_of in (f"{mark} Borough Council", f"Ms {mark}"):
                    shown = shown.replace(name_of, "")
                assert mark not in shown
            assert not {PRIVATE, SHARED, UNSEEN} & set(re.findall(r"\w+", shown))
    for method, name in PLAN_PAGES[::3]:  # for the rest of them, an operator is like a visitor
        address, body = world.address(name, world.ours), world.body(name, world.ours)
        response = world.ask("operator", method, address, body)
        assert response.status_code in {404, 405}, (method, name)


def test_an_operator_without_two_step_sign_in_is_led_to_it(world, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    Authenticator.objects.filter(user=world.operator).delete()
    for name in ("operate", "operate_log", "operate_operators"):
        response = world.ask("operator", "GET", world.address(name, world.ours))
        assert response.url.startswith(reverse("mfa_activate_totp"))


def test_who_gets_what_where_single_sign_on_is_switched_on(world, settings):
    settings.SINGLE_SIGN_ON = True
    settings.SOCIALACCOUNT_PROVIDERS["single_sign_on"]["APP"]["settings"] = {
        "server_url": "http://127.0.0.1:9"  # where no server listens
    }
    for method, name, expected in rows(SWITCHED_ON):
        for who in CAST:
            found = tuple(
                world.ask(who, method, reverse(name), fragment=fragment).status_code
                for fragment in (False, True)
            )
            assert found == expected[who], (method, name, who)


def test_only_the_public_pages_are_open_to_anyone():
    for method, name, expected in ROWS:
        asks_to_sign_in = expected["anyone"] == (302, 401)
        assert asks_to_sign_in == (name not in PUBLIC), (method, name)


def test_whoever_is_not_signed_in_is_led_to_the_sign_in_page_and_a_fragment_says_so(world, sampled):
    for method, name, _ in sampled(ROWS):
        if name in PUBLIC:
            continue
        address, body = world.address(name, world.ours), world.body(name, world.ours)
        page = world.ask("anyone", method, address, body)
        assert page.url.startswith("/sign-in/?next="), name
        fragment = world.ask("anyone", method, address, body, fragment=True)
        html = fragment.content.decode()
        assert "You have been signed out" in html, name
        assert "<form" not in html
        assert "<html" not in html
        assert fragment.headers["HX-Retarget"] == "#page-message"


OF_A_COUNCIL = (
    "plan|item|step|thread|comment|bundle|council_data|action|people|invit|member|restricted"
    "|deput|stage|sign_off|snapshot|composition|balance|election|group_notice|appointment|scenario|control|reopening|round"
    "|register_|register$"
)
PLAN_PAGES = [(method, name) for method, name, _ in ROWS if re.match(OF_A_COUNCIL, name)]


@pytest.mark.parametrize("fragment", [False, True], ids=["page", "fragment"])
def test_another_councils_plan_does_not_exist(world, fragment, sampled):
    everyone = ("owner", "reviewer", "visitor", *ADVISERS, "removed")
    for method, name in sampled(PLAN_PAGES):
        address, body = world.address(name, world.theirs), world.body(name, world.theirs)
        for who in ("owner", "adviser") if fragment else everyone:
            response = world.ask_and_follow(who, method, address, body, fragment=fragment)
            assert response.status_code in {404, 405}, (method, name, who)
            assert THEIRS not in everything_in(response)
    assert Plan.objects.count() == 2


@pytest.mark.parametrize("fragment", [False, True], ids=["page", "fragment"])
def test_an_item_is_found_in_its_own_plan_alone(world, fragment):
    """The plan of one council with an item of the other, and two plans of the same council."""
    second = create_plan(
        council=world.ours.council, by=world.cast["owner"], election_day=dt.date(2028, 5, 4)
    )
    of_second = second.items.first()
    names = [(method, name) for method, name in PLAN_PAGES if name.startswith("item")]
    for method, name in names:
        if name == "item_add":
            continue
        for item in (world.own[world.theirs], world.removed[world.theirs], of_second):
            address = world.address(name, world.ours, item=item)
            for who in ("owner", "stranger"):
                response = world.ask(
                    who, method, address, world.body(name, world.ours), fragment=fragment
                )
                assert response.status_code in {404, 405}, (method, name, who)
                assert THEIRS not in everything_in(response) or who == "stranger"
        address = world.address(name, world.theirs, item=world.own[world.ours])
        response = world.ask("owner", method, address, {"version": 1}, fragment=fragment)
        assert response.status_code in {404, 405}


@pytest.mark.parametrize("fragment", [False, True], ids=["page", "fragment"])
def test_what_a_grant_leaves_out_does_not_exist(world, fragment):
    """Every address with a step, a stage or an item, in stages 1 and 3: absent before refused."""
    named = [(method, name) for method, name in PLAN_PAGES if re.match("item|restr|plan_st", name)]
    assert ("GET", "plan_step") in named
    for method, name in named:
        for item in world.unseen[world.ours]:
            number = item.step.stage.number if name == "plan_stage" else item.step.number
            arguments = {"plan_id": world.ours.pk, "number": number, "item_id": item.pk}
            wanted = get_resolver().reverse_dict.getlist(name)[0][0][0][1]
            address = reverse(name, kwargs={key: arguments[key] for key in wanted})
            body = world.body(name, world.ours)
            response = world.ask_and_follow("partial", method, address, body, fragment=fragment)
            refused = {404, 405, 403} if name == "item_add" else {404, 405}
            assert response.status_code in refused, (method, name)
            assert UNSEEN not in everything_in(response)


HUGE = 10**18


NOT_THERE = [
    ("plan_step", {"number": 31}),
    ("plan_step", {"number": 0}),
    ("plan_step", {"number": HUGE * HUGE}),
    ("item_add", {"number": 31}),
    ("item_add", {"number": HUGE * HUGE}),
    ("plan_stage", {"number": 4}),
    ("plan_stage", {"number": 0}),
    ("plan_stage", {"number": HUGE * HUGE}),
    ("plan_area", {"number": 11}),
    ("plan_area", {"number": 0}),
    ("plan_area", {"number": HUGE * HUGE}),
    ("stage_review", {"number": 4}),
    ("stage_sign_off", {"number": 0}),
    ("stage_reopen", {"number": HUGE * HUGE}),
    ("plan_officer", {"office": "none"}),
    ("plan_officer", {"office": "leader"}),
]


def test_what_a_plan_does_not_have_is_not_found(world, subtests):
    for name, wrong in NOT_THERE:
        address = reverse(name, kwargs={"plan_id": world.ours.pk} | wrong)
        body = world.body(name, world.ours)
        for method in ("GET", "POST"):
            for fragment in (False, True):
                with subtests.test(f"{method} {address}", fragment=fragment):
                    response = world.ask("owner", method, address, body, fragment=fragment)
                    assert response.status_code in ({404} if method == "GET" else {404, 405})


def test_ids_of_nothing_are_not_found(world):
    for plan_id in (0, 999_999, HUGE - 1):
        for name in ("plan", "plan_mine", "plan_settings", "action_plan", "action_plan_pdf"):
            response = world.ask_and_follow("owner", "GET", reverse(name, args=[plan_id]))
            assert response.status_code == 404, (name, plan_id)
    for item_id in (0, 999_999, HUGE - 1):
        for name in ("item", "item_edit", "item_remove"):
            address = reverse(name, args=[world.ours.pk, item_id])
            assert world.ask("owner", "GET", address).status_code == 404


def test_a_member_of_two_councils_sees_each_in_its_own_plan_only(world, person):
    Membership.objects.create(
        user=world.cast["owner"],
        council=world.theirs.council,
        office="lga-adviser",
        access="reviewer",
        job_title="Adviser",
    )
    home = world.ask("owner", "GET", reverse("home"))
    assert home.status_code == 200
    assert OURS in everything_in(home)
    assert THEIRS in everything_in(home)
    for method, name in PLAN_PAGES:
        # For you is about all of the person's plans, wherever it is opened.
        if method == "GET" and name not in {"plan_new", "plan_for_you"}:
            page = world.ask("owner", method, world.address(name, world.ours))
            assert THEIRS not in everything_in(page), name
    # And is an owner in the one only.
    settings = world.address("plan_settings", world.theirs)
    assert world.ask("owner", "GET", settings).status_code == 403
    item = world.address("item", world.theirs)
    body = world.body("item", world.theirs)
    assert world.ask("owner", "POST", item, body).status_code == 403


def test_someone_whose_membership_or_account_ended_sees_nothing_at_once(world):
    chief = world.cast["editor"]
    client = signed_in(chief)
    address = reverse("plan", args=[world.ours.pk])
    assert client.get(address).status_code == 200
    Membership.objects.filter(user=chief).update(council=world.theirs.council)
    assert client.get(address).status_code == 404
    Membership.objects.filter(user=chief).update(council=world.ours.council)
    assert client.get(address).status_code == 200
    User.objects.filter(pk=chief.pk).update(is_active=False)
    assert client.get(address).status_code == 302


def test_reading_never_changes_anything(world):
    def everything():
        items = PlanItem.objects.order_by("pk").values_list("pk", "version", "status", "removed_at")
        plans = Plan.objects.order_by("pk").values_list("pk", "version")
        return list(items), list(plans), list(OfficerRole.objects.values_list("code"))

    before = everything()
    client = signed_in(world.cast["owner"])
    for method, name in PLAN_PAGES:
        if method == "GET":
            client.get(world.address(name, world.ours))
            client.head(world.address(name, world.ours))
    assert everything() == before
    assert fresh(world.own[world.ours]).version == 1
