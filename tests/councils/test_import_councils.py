import datetime as dt

import pytest
import time_machine
from django.core.management import CommandError, call_command

from assessments.plans.models import Plan
from councils.actions import council_directory
from councils.models import Access, Council, CouncilType, ElectionCycle, Membership, Office, User

pytestmark = pytest.mark.django_db

HEADER = (
    "gss,official_name,short_name,type,region,county_la_code,start_date,end_date,current_2025,"
    "replaced_by"
)
ADUR = "E07000223,Adur District Council,Adur,Non-metropolitan district,South East,WSX,,,True,"
KENT = "E10000016,Kent County Council,Kent,County,South East,,,,True,"
ALLERDALE = (
    "E07000026,Allerdale Borough Council,Allerdale,Non-metropolitan district,North West,CMA,,"
    "2023-04-01,False,CBD"
)


@pytest.fixture
def run(tmp_path, capsys):
    """Import a file of these rows; return what the command printed."""

    def run(*rows, header=HEADER, encoding="utf-8", **options):
        path = tmp_path / "directory.csv"
        path.write_bytes("\r\n".join([header, *rows, ""]).encode(encoding))
        call_command("import_councils", path, **options)
        return capsys.readouterr().out

    return run


@pytest.fixture
def faults(run):
    """The lines of the refusal."""

    def faults(*rows, **options):
        before = list(Council.objects.values())
        with pytest.raises(CommandError) as refusal:
            run(*rows, **options)
        assert list(Council.objects.values()) == before
        *lines, last = str(refusal.value).splitlines()
        assert last == "Nothing was imported."
        return lines

    return faults


def council(name="Adur District Council", slug="adur", **fields):
    fields.setdefault("type", CouncilType.DISTRICT)
    return Council.objects.create(name=name, slug=slug, **fields)


# --- What it makes --------------------------------------------------------------------------------


def test_current_councils_are_created_and_abolished_ones_left_out(run):
    out = run(ADUR, KENT, ALLERDALE)
    assert "2 created, 0 changed, 0 already up to date. Left out: 1 abolished" in out
    assert list(Council.objects.values("name", "slug", "type", "gss_code", "election_cycle")) == [
        {
            "name": "Adur District Council",
            "slug": "adur-district-council",
            "type": CouncilType.DISTRICT,
            "gss_code": "E07000223",
            "election_cycle": ElectionCycle.UNKNOWN,
        },
        {
            "name": "Kent County Council",
            "slug": "kent-county-council",
            "type": CouncilType.COUNTY,
            "gss_code": "E10000016",
            "election_cycle": ElectionCycle.UNKNOWN,
        },
    ]


@pytest.mark.parametrize(
    ("in_file", "expected"),
    [
        ("County", CouncilType.COUNTY),
        ("Non-metropolitan district", CouncilType.DISTRICT),
        ("London borough", CouncilType.LONDON_BOROUGH),
        ("Metropolitan district", CouncilType.METROPOLITAN),
        ("Unitary authority", CouncilType.UNITARY),
        ("City corporation", CouncilType.CITY_CORPORATION),
        ("UNITARY AUTHORITY", CouncilType.UNITARY),
    ],
)
def test_every_type_of_council_is_known(run, in_file, expected):
    run(ADUR.replace("Non-metropolitan district", in_file))
    assert Council.objects.get().type == expected


def test_running_it_again_changes_nothing(run):
    run(ADUR, KENT, ALLERDALE)
    before = list(Council.objects.values())
    assert "0 created, 0 changed, 2 already up to date" in run(ADUR, KENT, ALLERDALE)
    assert list(Council.objects.values()) == before


@pytest.mark.parametrize(
    ("day", "count"), [("2027-03-31", 1), ("2027-04-01", 2), ("2028-04-01", 1)]
)
def test_only_councils_that_exist_today_are_imported(run, day, count):
    with time_machine.travel(f"{day} 12:00:00Z"):
        run(
            KENT,
            "E06000099,West Kent Council,West Kent,Unitary authority,,,2027-04-01,2028-04-01,True,",
        )
    assert Council.objects.count() == count


def test_a_dry_run_says_what_would_happen_and_changes_nothing(run):
    council(gss_code="E07000223", name="Adur Council")
    before = list(Council.objects.values())
    out = run(ADUR, KENT, dry_run=True)
    assert "1 created, 1 changed" in out
    assert "Adur Council: name was Adur Council, is now Adur District Council" in out
    assert "nothing was saved" in out
    assert list(Council.objects.values()) == before


def test_two_councils_never_share_a_slug(run):
    council(name="Somewhere", slug="adur-district-council", gss_code="E07000001")
    run(ADUR)
    assert Council.objects.get(gss_code="E07000223").slug == "adur-district-council-2"


# --- What it finds --------------------------------------------------------------------------------


def test_a_council_is_known_by_its_code_through_a_change_of_name_and_type(run):
    before = council(gss_code="E07000223", name="Adur Council", type=CouncilType.UNITARY)
    out = run(ADUR)
    after = Council.objects.get()
    assert (after.pk, after.slug) == (before.pk, "adur")
    assert (after.name, after.type) == ("Adur District Council", CouncilType.DISTRICT)
    assert "0 created, 1 changed" in out


def test_a_council_without_a_code_is_known_by_its_name_in_any_case(run):
    before = council(name="ADUR district council")
    run(ADUR)
    after = Council.objects.get()
    assert (after.pk, after.slug) == (before.pk, "adur")
    assert (after.name, after.gss_code) == ("Adur District Council", "E07000223")


def test_a_row_without_a_code_keeps_the_one_that_is_here(run):
    council(gss_code="E07000223")
    assert "1 already up to date" in run(ADUR.removeprefix("E07000223"))
    assert Council.objects.get().gss_code == "E07000223"


def test_a_name_one_council_gives_up_is_free_for_the_next(run):
    council(gss_code="E07000223", name="Kent County Council")
    assert "1 created, 1 changed" in run(ADUR, KENT)


def test_what_a_council_chose_itself_is_not_touched(run):
    adur = council(gss_code="E07000223", name="Adur", election_cycle=ElectionCycle.HALVES)
    user = User.objects.create_user(email="ada@riverdale.example", name="Ada")
    member = Membership.objects.create(
        user=user, council=adur, office=Office.CHIEF_EXECUTIVE, access=Access.OWNER
    )
    run(ADUR)
    adur.refresh_from_db()
    assert adur.election_cycle == ElectionCycle.HALVES
    assert list(adur.memberships.all()) == [member]
    assert Plan.objects.count() == 0


@pytest.mark.parametrize("gss_code", ["E07000026", None])
def test_an_abolished_council_that_is_here_is_reported_and_kept(run, gss_code):
    before = council(name="Allerdale Borough Council", slug="allerdale", gss_code=gss_code)
    out = run(ALLERDALE)
    assert "Allerdale Borough Council: abolished according to the file, kept in the planner" in out
    after = Council.objects.get()
    assert (after.pk, after.gss_code) == (before.pk, gss_code)


def test_a_council_that_took_over_a_name_is_not_reported_as_abolished(run):
    old = ALLERDALE.removeprefix("E07000026")
    new = "E06000063,Allerdale Borough Council,Allerdale,Unitary authority,,,,,True,"
    for _ in range(2):
        assert "kept in the planner" not in run(old, new)
    assert Council.objects.get().gss_code == "E06000063"


# --- Files as people have them --------------------------------------------------------------------


def test_a_file_that_went_through_excel_reads_the_same(run):
    header = "\ufeff" + HEADER.replace(",", ";")
    rows = [
        ADUR.replace(",", ";").replace("True", "TRUE"),
        ALLERDALE.replace(",", ";").replace("2023-04-01", "01/04/2023").replace("False", "FALSE"),
        KENT.replace(",", ";").rstrip(";"),
        ";;;;;;;;;",
        "",
    ]
    assert "2 created, 0 changed" in run(*rows, header=header)
    assert "1 abolished" in run(*rows, header=header)


def test_columns_may_come_in_any_order_and_the_year_moves_on(run):
    row = "True,,,County,Kent County Council,E10000016"
    header = "current_2031,end_date,start_date,type,Official_Name,GSS"
    assert "1 created" in run(row, header=header)
    assert Council.objects.get().name == "Kent County Council"


def test_a_name_with_a_comma_and_odd_spaces_is_read_whole(run):
    run('E06000058,"Bournemouth,  Christchurch\u00a0and Poole ",BCP,Unitary authority,,,,,True,')
    assert Council.objects.get().name == "Bournemouth, Christchurch and Poole"


# --- What it refuses ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("Non-metropolitan district", "Parish", "type 'Parish' is not a known type of council"),
        ("Non-metropolitan district", "", "type '' is not a known type of council"),
        ("E07000223", "E0700022", "gss 'E0700022' is not a letter and 8 digits"),
        ("E07000223", "E0700022٣", "gss 'E0700022٣' is not a letter and 8 digits"),
        ("Adur District Council", " ", "official_name is empty"),
        ("Adur District Council", "A" * 121, "official_name is longer than 120 characters"),
        ("True", "yes", "current_2025 'yes' is neither True nor False"),
        (",,,True", ",,2023,True", "end_date '2023' is not a date like 2023-04-01"),
        (",,,True", ",2023-02-30,,True", "start_date '2023-02-30' is not a date like 2023-04-01"),
        ("Adur,Non", "Adur,of,Sussex,,,,,,,,Non", "more columns than the first row has"),
    ],
)
def test_a_wrong_value_is_named_with_its_row(faults, old, new, fault):
    assert f"row 3: {fault}" in faults(KENT, ADUR.replace(old, new))


def test_every_row_is_checked_before_the_file_is_refused(faults):
    council(name="Existing", slug="existing")
    assert faults(
        ADUR,
        "",
        KENT.replace("County,", "Parish,"),
        ALLERDALE.replace("E07000026", "x").replace("False", "maybe"),
    ) == [
        "row 4: type 'Parish' is not a known type of council",
        "row 5: gss 'X' is not a letter and 8 digits",
        "row 5: current_2025 'maybe' is neither True nor False",
    ]


def test_the_same_council_twice_is_refused(faults):
    assert faults(ADUR, KENT, ADUR) == ["row 4: gss E07000223 is also on row 2"]
    assert faults(ADUR, KENT.replace("Kent County Council", "ADUR district council")) == [
        "row 3: 'ADUR district council' is also on row 2"
    ]
    assert faults(ADUR, ADUR.removeprefix("E07000223")) == [
        "row 3: 'Adur District Council' is also on row 2"
    ]


def test_a_name_in_the_database_under_another_code_of_the_file_is_refused(faults):
    council(gss_code="E07000001")
    assert faults(ADUR, KENT.replace("E10000016", "E07000001")) == [
        "row 2: 'Adur District Council' is already in the database with GSS code "
        "E07000001, but this row has E07000223"
    ]


def test_a_council_whose_code_changed_with_its_boundary_keeps_its_plans(run):
    mine = council(gss_code="E07000001")
    out = run(ADUR, KENT)
    assert "Adur District Council: GSS code was E07000001, is now E07000223" in out
    mine.refresh_from_db()
    assert mine.gss_code == "E07000223"


PUBLISHED = (
    "local-authority-code,official-name,nice-name,gss-code,start-date,end-date,replaced-by,nation,"
    "local-authority-type,local-authority-type-name,former-gss-codes,current-authority"
)


def published(name, code, kind="Unitary authority", *, nation="England", former="", current="TRUE"):
    return f'XXX,{name},{name},{code},,,,{nation},UA,{kind},"{former}",{current}'


def test_the_file_is_read_as_it_is_published(run):
    mine = council(name="Old Name Council", gss_code="E06000001")
    out = run(
        published("New Name Council", "E06000099", former="E06000001, E06000002"),
        published("Cardiff Council", "W06000015", nation="Wales"),
        published("Greater Place Combined Authority", "E47000001", "Combined authority"),
        published("Barnsley Council", "E08000038", "Metropolitan district"),
        header=PUBLISHED,
    )
    assert "1 created, 1 changed" in out
    mine.refresh_from_db()
    assert (mine.name, mine.gss_code) == ("New Name Council", "E06000099")
    assert set(Council.objects.values_list("name", flat=True)) == {
        "New Name Council",
        "Barnsley Council",
    }


@pytest.mark.parametrize("current", ["True", "False"])
def test_a_shadow_authority_is_imported_when_asked(run, current):
    row = f"E06000067,East Surrey Council,,Unitary authority,,,2027-04-01,,{current},"
    with time_machine.travel("2027-01-01 12:00:00Z"):
        assert "0 abolished, 1 not yet established" in run(row)
        assert not Council.objects.exists()
        assert "1 created" in run(row, with_shadow=True)
        # It stays up to date without the option, too.
        assert "0 created, 0 changed, 1 already up to date" in run(row)


def test_a_shadow_authority_is_linked_to_the_councils_it_takes_over_from(run):
    rows = [
        "E06000067,East Surrey Council,ESR,Unitary authority,2027-04-01,,True,",
        "E07000209,Guildford Borough Council,GRT,Non-metropolitan district,,,True,ESR",
        "E07000211,Reigate and Banstead Council,REI,Non-metropolitan district,,,True,ESR",
    ]
    header = (
        "gss,official_name,local-authority-code,type,start_date,end_date,current_2025,replaced-by"
    )
    with time_machine.travel("2027-01-01 12:00:00Z"):
        out = run(*rows, header=header, with_shadow=True)
        assert "East Surrey Council takes over from Guildford Borough Council" in out
        assert "takes over from" not in run(*rows, header=header, with_shadow=True)
    new = Council.objects.get(gss_code="E06000067")
    assert new.established_on == dt.date(2027, 4, 1)
    assert [str(each) for each in new.predecessors.all()] == [
        "Guildford Borough Council",
        "Reigate and Banstead Council",
    ]


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ("gss,name,type,start_date,end_date,current_2025", "official_name"),
        ("official_name,type,start_date,end_date", "gss, current_2025"),
        ("a letter about councils", "gss, official_name, type, start_date, end_date, current_2025"),
    ],
)
def test_missing_columns_are_named(faults, header, missing):
    (line,) = faults(ADUR, header=header)
    assert line.endswith(f"has no column named {missing}.")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "is empty."),
        (b"\xef\xbb\xbf \r\n\r\n", "is empty."),
        (b";;;\r\n", "has no column named gss,"),
        (HEADER.encode(), "has column names but no councils."),
        (f"{HEADER}\n{ADUR}".encode().replace(b"Adur", b"\xc9vora"), "is not UTF-8 text."),
        (f"{HEADER}\n{ADUR}".encode("utf-16"), "is not UTF-8 text."),
        (f"{HEADER}\n{ADUR}".encode("utf-16-le"), "is not a text file."),
        (f'{HEADER}\n"{ADUR}'.encode(), "cannot be read as CSV near line"),
    ],
)
def test_a_file_of_another_kind_gets_one_clear_line(tmp_path, content, fault):
    path = tmp_path / "directory.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError) as refusal:
        call_command("import_councils", path)
    line, last = str(refusal.value).splitlines()
    assert str(path) in line
    assert fault in line
    assert last == "Nothing was imported."


def test_a_file_that_is_not_there_gets_one_clear_line(tmp_path):
    with pytest.raises(CommandError, match=r"Cannot read .*: No such file or directory\."):
        call_command("import_councils", tmp_path / "nowhere.csv")
    with pytest.raises(CommandError, match=r"Cannot read .*: Is a directory\."):
        call_command("import_councils", tmp_path)


def test_one_council_and_three_need_at_most_five_queries(run, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        run(ADUR)
    with django_assert_max_num_queries(5):
        run(ADUR, KENT, KENT.replace("E10000016", "E10000017").replace("Kent County", "Lancashire"))


def test_a_file_with_far_too_many_rows_is_refused_before_they_are_checked(faults):
    """Checking 5 MB of short rows took two minutes; the web server ends a process after one."""
    (line,) = faults(*["x"] * 10_000)
    assert line.endswith("has more than 10,000 rows.")


def test_councils_that_someone_else_adds_meanwhile_are_found(run, monkeypatch):
    """Two operators import the same file at once, or one presses the button twice."""
    add, is_first = council_directory._KnownCouncils.add, [True]

    def add_after_the_other_import(known, entry):
        if is_first.pop() if is_first else False:
            Council.objects.create(
                name="Another name", slug="another", type=entry.type, gss_code=entry.gss_code
            )
        return add(known, entry)

    monkeypatch.setattr(council_directory._KnownCouncils, "add", add_after_the_other_import)
    run(ADUR, KENT)
    assert not is_first
    assert Council.objects.count() == 2
