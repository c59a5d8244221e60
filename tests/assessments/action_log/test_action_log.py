"""The action log, edited in Excel and uploaded: shown before, merged, reported by cell, undone."""

import datetime as dt
import io
import json
import resource
import subprocess
import sys
import zipfile
from functools import partial

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl.xml.constants import SHARED_STRINGS

from assessments.action_log.changes import pack, unpack
from assessments.action_log.workbook import COLUMNS, LogNotRead, LogsBusy, read_log
from assessments.exports.excel import render_workbook
from assessments.exports.report import ExportOptions, report_for
from assessments.plans.actions import remove_item
from assessments.plans.models import BulkChange, Event, Plan, PlanItem, Status
from assessments.printing.places import hold_place
from assessments.restricted_notes.actions import save_restricted_note
from councils.models import Membership
from tests.acting import answer, form_on, fresh, own_item, signed_in, text_of, tree_of

RUN = subprocess.run


def log_of(plan, user, **options):
    seen = Plan.objects.visible_to(user).select_related("council").get(pk=plan.pk)
    report = report_for(seen, options=ExportOptions(**options), today=dt.date(2027, 5, 18))
    return openpyxl.load_workbook(io.BytesIO(render_workbook(report)))


def edit(workbook, item, **cells):
    """Change cells of the row of an item, by heading in lower case with _ for a space."""
    sheet = workbook["Actions"]
    headings = {cell.value.lower().replace(" ", "_").replace("’", ""): cell for cell in sheet[1]}
    place = headings["reference"].column
    for row in sheet.iter_rows(min_row=2):
        if row[place - 1].value.startswith(f"{item.pk}."):
            for name, value in cells.items():
                row[headings[name].column - 1].value = value
            return row[0].row
    raise AssertionError(item)


def content_of(workbook):
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def sent(client, plan, workbook):
    file = SimpleUploadedFile("log.xlsx", content_of(workbook))
    return client.post(reverse("log_upload", args=[plan.pk]), {"file": file})


def confirm(client, plan, page, **choices):
    data = {
        each.get("name"): each.get("value")
        for each in tree_of(page).iter("input")
        if each.get("type") == "hidden" and each.get("name") in {"rows", "versions"}
    }
    url = reverse("log_upload", args=[plan.pk])
    return client.post(url, {**data, "confirm": "1", **choices}, follow=True)


@pytest.fixture
def actions(plan):
    return list(PlanItem.objects.filter(plan=plan, step__number=13).order_by("pk")[:4])


def test_a_log_that_was_not_edited_changes_nothing(plan, chief, officer, actions):
    answer(
        actions[0], officer, note="=1+1\n\n_x0041_ one _x000D_ _x005F_", status=Status.IN_PROGRESS
    )
    answer(actions[1], officer, owner_name="A partner", due=dt.date(2027, 6, 1))
    own_item(plan, by=officer, title="-Ours", note=" first")
    page = sent(signed_in(chief), plan, log_of(plan, chief))
    assert page.status_code == 200
    assert "You have not changed anything in this file since you downloaded it." in text_of(page)


def test_edits_are_shown_saved_and_undone(plan, chief, officer, actions):
    mine = Membership.objects.get(user=officer)
    own = own_item(plan, by=officer, title="Ours")
    save_restricted_note(actions[0], None, text="Secret words", version=0, by=chief)
    workbook = log_of(plan, chief)
    assert "Secret words" not in str([list(sheet.values) for sheet in workbook])
    edit(workbook, own, action="Ours, reworded", owner="A partner")
    edit(workbook, actions[0], status="completed", note="Done\nwell")
    edit(workbook, actions[1], owners_email=officer.email.upper(), due=dt.date(2027, 6, 1))
    edit(workbook, actions[2], status="Not needed", why_it_is_not_needed="No", due="7 June 2027")
    client = signed_in(chief)
    before = list(PlanItem.objects.filter(plan=plan).order_by("pk").values("pk", "status", "note"))
    page = sent(client, plan, workbook)
    words = text_of(page)
    assert "4 actions will change" in words
    assert "Ours, reworded" in words
    assert f"Owner: (none) becomes {mine}" in words.replace("→ ", "")
    assert "Owner without access: (none) becomes A partner" in words.replace("→ ", "")
    assert "Why it is not needed: (none) becomes No" in words.replace("→ ", "")
    assert before == list(
        PlanItem.objects.filter(plan=plan).order_by("pk").values("pk", "status", "note")
    )
    done = confirm(client, plan, page)
    assert "4 actions: from an edited Excel action log" in text_of(done)
    assert (fresh(actions[0]).status, fresh(actions[0]).note) == ("completed", "Done\nwell")
    assert (fresh(actions[1]).owner, fresh(actions[1]).due) == (mine, dt.date(2027, 6, 1))
    assert (fresh(actions[2]).reason, fresh(actions[2]).due) == ("No", dt.date(2027, 6, 7))
    assert (fresh(own).title, fresh(own).owner_name) == ("Ours, reworded", "A partner")
    assert Event.objects.filter(kind="item-changed", by=chief, item__plan=plan).count() == 4
    history = reverse("plan_history", args=[plan.pk])
    assert text_of(client.get(history)).count("(from an edited Excel action log)") == 4
    undo = reverse("plan_bulk_done", args=[plan.pk, BulkChange.objects.get().pk])
    assert "Undone for 4 actions" in text_of(client.post(undo, follow=True))
    assert (fresh(own).title, fresh(actions[0]).note, fresh(actions[1]).owner) == ("Ours", "", None)
    assert text_of(client.get(history)).count("(by undoing an earlier change)") == 4


def test_a_log_older_than_the_plan_is_not_said_to_agree_with_it(plan, chief, officer, actions):
    workbook = log_of(plan, chief)
    answer(actions[0], officer, note="Written since")
    page = text_of(sent(signed_in(chief), plan, workbook))
    assert "Where the plan has changed since, it stays as it is." in page
    assert "differs from the plan" not in page
    assert fresh(actions[0]).note == "Written since"


def test_changes_made_since_are_merged_and_a_conflict_is_decided(plan, chief, officer, actions):
    first, second, *_ = actions
    workbook = log_of(plan, chief)
    edit(workbook, first, note="From the file")
    edit(workbook, second, status="In progress", note="From the file")
    answer(first, officer, note="From the page")
    answer(second, officer, owner_name="A partner")
    client = signed_in(chief)
    page = sent(client, plan, workbook)
    words = text_of(page)
    assert "Choose which to keep" in words
    assert "1 action will change" in words
    undecided = confirm(client, plan, page)
    assert undecided.status_code == 422
    assert "choose which note to keep" in text_of(undecided)
    assert fresh(second).status == "not-started"
    name = f"merge-{first.pk}-note"
    answer(first, officer, note="From the page, again")
    again = confirm(client, plan, undecided, **{name: "both"})
    assert again.status_code == 409
    assert "have changed since you checked" in text_of(again)
    confirm(client, plan, again, **{name: "both"})
    assert fresh(first).note == "From the page, again\n\nFrom the file"
    found = fresh(second)
    assert (found.status, found.note, found.owner_name) == (
        "in-progress",
        "From the file",
        "A partner",
    )


def test_long_texts_are_compared_word_by_word_for_some_conflicts_only(
    plan, chief, officer, actions, monkeypatch
):
    monkeypatch.setattr("assessments.action_log.views.MOST_COMPARED", 100)
    workbook = log_of(plan, chief)
    for item, length in zip(actions[:2], (10, 5000), strict=True):
        edit(workbook, item, note="Words in common. File. " + "x" * length)
        answer(item, officer, note="Words in common. Page. " + "x" * length)
    page = sent(signed_in(chief), plan, workbook)
    assert text_of(page).count("Only in this version: File") == 1
    assert page.content.decode().count("File. ") == 3  # both texts, and what is sent again


def test_bad_cells_are_named_and_the_rest_is_saved(plan, chief, officer, actions, subtests):
    gone = own_item(plan, by=officer, title="Gone")
    workbook = log_of(plan, chief)
    first, second, third, fourth = actions
    rows = {
        "Status": edit(workbook, first, status="Finished"),
        "Due": edit(workbook, second, due="31 June 2027"),
        "Owner’s email": edit(workbook, third, owners_email="someone@example.org"),
        "Reference": edit(workbook, gone, note="x"),
    }
    edit(workbook, fourth, note="Fine")
    other = PlanItem.objects.filter(plan=plan, step__number=14).order_by("pk")
    rows["Note"] = edit(workbook, other[0], note="=1+1")
    rows["Action"] = edit(workbook, other[1], action="Other words")
    rows["Why it is not needed"] = edit(workbook, other[2], status="Not needed")
    workbook["Actions"].append(["2 Early foundations", 13, "", "A new action", "Not started"])
    remove_item(gone, version=1, by=officer)
    client = signed_in(chief)
    page = sent(client, plan, workbook)
    words = text_of(page)
    assert "8 problems in the file" in words
    for column, row in rows.items():
        with subtests.test(column):
            assert f"Row {row}, {column} Cell " in words
    for said in (
        "Enter Not started, In progress, Completed or Not needed",
        "The date must be a real date",
        "No one at the council with access has this email address",
        "The action was removed from the plan",
        "It is a formula. Enter the value instead",
        "cannot be changed",
        "Enter the reason this is not needed",
        "It has no reference. Add new actions on the page of their step",
    ):
        with subtests.test(said):
            assert said in words
    confirm(client, plan, page)
    assert fresh(fourth).note == "Fine"
    assert PlanItem.objects.filter(plan=plan).exclude(note="").count() == 1


def test_a_log_of_another_plan_changes_nothing(plan, their_plan, chief, stranger):
    item = PlanItem.objects.filter(plan=their_plan).first()
    workbook = log_of(their_plan, stranger)
    edit(workbook, item, note="Elsewhere")
    page = sent(signed_in(chief), plan, workbook)
    assert page.status_code == 422
    assert "None of the references in the file belongs to an action in this plan" in text_of(page)
    assert fresh(item).note == ""


def with_part(content, name, text):
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a") as parts:
        parts.writestr(name, text)
    return file.getvalue()


def test_files_that_are_not_read_say_why(plan, chief, monkeypatch, subtests):
    content = content_of(log_of(plan, chief))
    other = openpyxl.Workbook()
    wrong = openpyxl.Workbook()
    wrong.active.title = "Actions"
    wrong.active.append(["Action", "Status"])
    empty = reverse("log_upload", args=[plan.pk])
    client = signed_in(chief)
    for words, data in (
        ("must be an Excel workbook", b"Action;Status\n"),
        ("The file is empty", b""),
        ("has macros", with_part(content, "xl/vbaProject.bin", b"x")),
        (
            "parts that we cannot read",
            with_part(content, "xl/x.xml", b"<!DOCTYPE a [<!ENTITY b ''>]>"),
        ),
        (
            "parts that we cannot read",
            with_part(content, "xl/sheet", "<!DOCTYPE a [<!ENTITY b ''>]>".encode("utf-16")),
        ),
        ("too big to read", with_part(content, "xl/x.xml", b"<row>" + b"<c/>" * 1_100_000)),
        ("must have the sheet “Actions”", content_of(other)),
        ("Missing: “Owner”", content_of(wrong)),
        ("cannot be read", content[:0] + _damaged(content)),
        ("must be an Excel workbook", _cut_short()),
        ("must be an Excel workbook", _garbled(zipfile.ZIP_LZMA)),
        ("must be an Excel workbook", _garbled(zipfile.ZIP_DEFLATED)),
        ("must be 5MB or smaller", b"x" * (5 * 1024 * 1024 + 1)),
    ):
        with subtests.test(words):
            page = client.post(empty, {"file": SimpleUploadedFile("log.xlsx", data)})
            assert page.status_code == 422
            assert words in text_of(page)
    assert "Select the Excel action log" in text_of(client.post(empty))
    assert "Select the Excel action log" in text_of(client.post(empty, {"rows": "[[1]]"}))
    monkeypatch.setattr("assessments.action_log.workbook.MAX_UNPACKED", 1000)
    with pytest.raises(LogNotRead, match="too big"):
        read_log(io.BytesIO(content))


def _cut_short():
    """A zip of one part that is said to be longer than the file, compressed and not."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as parts:
        parts.writestr("a.xml", b"x" * 999)
    content = file.getvalue()
    place = content.index(b"PK\x01\x02") + 20
    return content[:place] + (10**6).to_bytes(4, "little") * 2 + content[place + 8 :]


def _garbled(way):
    """A zip of one part, of whose compressed text 9 bytes are others."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", way) as parts:
        parts.writestr("a.xml", bytes(range(256)) * 9)
    content = file.getvalue()
    return content[:60] + b"\xff" * 9 + content[69:]


def _damaged(content):
    """The file with a sheet that is not XML."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"<" if "sheet2" in name else old.read(name))
    return file.getvalue()


def test_a_small_file_whose_cells_share_one_long_text_is_refused(plan, chief, actions):
    workbook = log_of(plan, chief)
    for item in actions:
        edit(workbook, item, note="MARK")
    long, out = b"a" * 3_000_000, io.BytesIO()
    before = zipfile.ZipFile(io.BytesIO(content_of(workbook)))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            part = before.read(name)
            if name.startswith("xl/worksheets/sheet"):
                part = part.replace(b't="inlineStr"><is><t>MARK</t></is>', b't="s"><v>0</v>')
            if name == "[Content_Types].xml":
                kind = SHARED_STRINGS.encode()
                about = b'<Override PartName="/xl/sharedStrings.xml" ContentType="%s"/>' % kind
                part = part.replace(b"</Types>", about + b"</Types>")
            after.writestr(name, part)
        main = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        after.writestr("xl/sharedStrings.xml", main + b"<si><t>%s</t></si></sst>" % long)
    assert len(out.getvalue()) < 100_000
    out.seek(0)
    with pytest.raises(LogNotRead, match="Shorten the text in its cells"):
        read_log(out)


def with_replaced(content, name, old, new):
    """The file with `new` in place of the first `old` of one of its parts."""
    out, before = io.BytesIO(), zipfile.ZipFile(io.BytesIO(content))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for each in before.namelist():
            part = before.read(each)
            if each == name:
                assert old in part
                part = part.replace(old, new, 1)
            after.writestr(each, part)
    return out.getvalue()


def test_a_file_that_takes_too_long_is_refused(plan, chief, monkeypatch, subtests):
    """The library's patterns need hours for these. In a thread, no other could run meanwhile."""
    monkeypatch.setattr("assessments.action_log.workbook.MAX_SECONDS", 1)
    content = content_of(log_of(plan, chief))
    names = b'<definedName name="_xlnm.Print_Area" localSheetId="0">%s</definedName>'
    slow = {
        "number format": with_replaced(
            content, "xl/styles.xml", b'formatCode="', b'formatCode="' + b"[" * 10**6
        ),
        "print area": with_replaced(
            content,
            "xl/workbook.xml",
            b"<definedNames>",
            b"<definedNames>" + names % (b"a" * 10**6),
        ),
    }
    for part, file in slow.items():
        with subtests.test(part):
            assert len(file) < len(content) + 5_000
            with pytest.raises(LogNotRead, match="takes too long"):
                read_log(io.BytesIO(file))


@pytest.fixture
def lower_limits(monkeypatch):
    """Start the processes that read logs as a server with these lower limits does."""

    def lower(*, megabytes, seconds=9):
        def set_limits():
            resource.setrlimit(resource.RLIMIT_AS, (megabytes * 2**20,) * 2)
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))

        run = partial(RUN, preexec_fn=set_limits)
        monkeypatch.setattr("assessments.action_log.workbook.subprocess.run", run)

    return lower


def test_a_log_is_read_where_the_limits_of_the_server_are_lower(plan, chief, lower_limits):
    lower_limits(megabytes=800)
    assert read_log(io.BytesIO(content_of(log_of(plan, chief))))


def test_a_third_log_at_a_time_is_refused_as_busy(plan, chief, actions, settings):
    workbook = log_of(plan, chief)
    edit(workbook, actions[0], note="Later")
    client = signed_in(chief)
    with hold_place("log-places", 1):
        assert sent(client, plan, workbook).status_code == 200
        with hold_place("log-places", 2):
            page = sent(client, plan, workbook)
    assert page.status_code == 503
    assert int(page.headers["Retry-After"]) > 0
    assert "as many action logs as it can" in text_of(page)
    assert sent(client, plan, workbook).status_code == 200


def test_a_place_is_taken_until_the_process_that_reads_a_log_ends(
    plan, chief, monkeypatch, settings
):
    settings.ACTION_LOGS_AT_ONCE = 1
    left = []

    def is_killed(_command, *, pass_fds, **options):
        """Leave the other process behind, as a server that is killed does."""
        left.append(subprocess.Popen(["sleep", "60"], pass_fds=pass_fds))
        raise subprocess.TimeoutExpired("", 1)

    content = content_of(log_of(plan, chief))
    with monkeypatch.context() as patch:
        patch.setattr("assessments.action_log.workbook.subprocess.run", is_killed)
        with pytest.raises(LogNotRead, match="takes too long"):
            read_log(io.BytesIO(content))
    with pytest.raises(LogsBusy):
        read_log(io.BytesIO(content))
    left[0].kill()
    left[0].wait()
    assert read_log(io.BytesIO(content))


def test_a_log_that_needs_too_much_memory_is_refused(plan, chief, lower_limits):
    workbook = log_of(plan, chief)
    for row in range(2, 300):
        workbook["Actions"].cell(row, 40, f"{row}{'x' * 32_000}")
    lower_limits(megabytes=60)
    with pytest.raises(LogNotRead, match="too much memory"):
        read_log(io.BytesIO(content_of(workbook)))


def test_a_fault_of_the_server_is_logged_and_not_said_of_the_file(plan, chief, monkeypatch, caplog):
    def fails(_command, **options):
        return RUN([sys.executable, "-c", "import no_such_library"], **options)

    monkeypatch.setattr("assessments.action_log.workbook.subprocess.run", fails)
    with pytest.raises(LogNotRead, match="Nothing is wrong with the file"):
        read_log(io.BytesIO(content_of(log_of(plan, chief))))
    assert "no_such_library" in caplog.text


def test_rows_are_carried_whole_from_the_preview_and_others_are_refused(plan, chief):
    rows = read_log(io.BytesIO(content_of(log_of(plan, chief, notes=False))))
    assert "note" not in rows[0].cells
    assert unpack(pack(rows)) == rows
    for text in ("", "1", "[1]", json.dumps([[1, "1.1", {"pk": "1"}, {}, []]]), "[" * 5000):
        assert unpack(text) is None
    for number in ("1e999", "-1e999", "NaN", "9" * 5000):
        assert unpack(f'[[{number}, "1.1", {{}}, {{}}, []]]') is None


def test_half_characters_that_a_script_sends_are_not_kept(plan, chief):
    """They would be in no answer that can be sent: UTF-8 has no place for them."""
    cells = dict.fromkeys(COLUMNS, "\ud800 x")
    letters = dict.fromkeys((*COLUMNS, "reference"), "\ud800")
    rows = json.dumps(
        [[1, "\ud800", cells, letters, [["note", "\ud800"]]], [2, "", cells, letters, []]]
    )
    client = signed_in(chief)
    response = client.post(reverse("log_upload", args=[plan.pk]), {"rows": rows})
    assert response.status_code == 200
    assert "It has no reference" in text_of(response)


def test_the_addresses_of_owners_are_for_members(plan, chief, officer, adviser, actions):
    answer(actions[0], officer, owner=Membership.objects.get(user=officer))
    for reader, shown in ((chief, True), (adviser, False)):
        cells = str(list(log_of(plan, reader)["Actions"].values))
        assert (officer.email in cells) is shown


def test_the_action_plan_page_leads_to_the_upload(plan, chief, reviewer):
    url = reverse("action_plan", args=[plan.pk])
    assert "upload it again" in text_of(signed_in(chief).get(url))
    assert "upload it again" not in text_of(signed_in(reviewer).get(url))
    page = signed_in(chief).get(reverse("log_upload", args=[plan.pk]))
    assert form_on(page) is not None


def test_keeping_what_is_in_the_plan_changes_nothing_and_says_so(plan, chief, officer, actions):
    first = actions[0]
    workbook = log_of(plan, chief)
    edit(workbook, first, note="From the file")
    answer(first, officer, note="From the page")
    client = signed_in(chief)
    page = sent(client, plan, workbook)
    done = confirm(client, plan, page, **{f"merge-{first.pk}-note": "theirs"})
    assert "Nothing has been changed: you kept what is in the plan." in text_of(done)
    assert not BulkChange.objects.exists()
