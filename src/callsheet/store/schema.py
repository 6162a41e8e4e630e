"""The tables of the warehouse: what a fact of each kind consists of.

Every table has, beside the columns below, `source` (who said it) and `batch` (which import landed it).
Rows are merged by their natural key. A moment is bare UTC.
"""

from __future__ import annotations

from dataclasses import dataclass

NUMBERED = ("events",)
TEXT, MOMENT, NUMBER, WHOLE, TRUTH = "string", "timestamp(6)", "float64", "int64", "boolean"


@dataclass(frozen=True, slots=True)
class Table:
    """A fact table: what it holds, its columns (name -> Ibis type, words) and its natural key."""

    name: str
    doc: str
    columns: dict[str, tuple[str, str]]
    key: tuple[str, ...]
    moment: str = ""
    scopes: tuple[str, ...] = ()

    @property
    def types(self) -> dict[str, str]:
        """Column -> Ibis type, with `source`, `batch` and, of numbered tables, `seq`."""
        given = {name: kind for name, (kind, _) in self.columns.items()} | {"source": TEXT, "batch": TEXT}
        return given | {"seq": WHOLE} if self.numbered else given

    @property
    def numbered(self) -> bool:
        """Whether the engine numbers each row it inserts (`seq`), so that others can follow what is new.

        Numbers grow in the order of commits. A row that is replaced or restored gets a new one.
        """
        return self.name in NUMBERED


def _table(name: str, doc: str, key: str, moment: str = "", scopes: str = "", /, **columns: tuple[str, str]) -> Table:
    return Table(name, doc, columns, tuple(key.split()), moment, tuple(scopes.split()))


TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        _table(
            "work", "Work items: issues, tasks, epics, roadmap items (kind `initiative`), proposals.", "item_id",
            "created_at", "team product",
            item_id=(TEXT, "Natural key in the source"), kind=(TEXT, "issue, bug, task, epic, initiative, proposal"),
            title=(TEXT, ""), team=(TEXT, "Team id"), product=(TEXT, "Product id"),
            state=(TEXT, "Step as the source names it"), category=(TEXT, "todo, doing, waiting, done, dropped"),
            created_at=(MOMENT, ""), started_at=(MOMENT, "Commitment point"), done_at=(MOMENT, ""),
            due_at=(MOMENT, "Promised"), owner=(TEXT, "Person id"), author=(TEXT, "Person id"),
            estimate=(NUMBER, "Points or days, as the source has it"), unplanned=(TRUTH, "Incident, expedite or added late"),
            parent=(TEXT, "item_id of the parent"), labels=(TEXT, "Comma separated"), url=(TEXT, ""),
        ),
        _table(
            "transitions", "Changes of state of work items.", "item_id occurred_at to_state", "occurred_at",
            item_id=(TEXT, ""), occurred_at=(MOMENT, ""), from_state=(TEXT, ""), to_state=(TEXT, ""),
            from_category=(TEXT, ""), to_category=(TEXT, ""), actor=(TEXT, "Person id"), team=(TEXT, "Team after it"),
        ),
        _table(
            "commits", "Commits of a repository.", "commit_id", "committed_at", "team product",
            commit_id=(TEXT, ""), repo=(TEXT, ""), authored_at=(MOMENT, ""), committed_at=(MOMENT, ""),
            author=(TEXT, "Person id"), subject=(TEXT, ""), change_id=(TEXT, "Pull request, if known"),
            issues=(TEXT, "Issue ids, space separated"), parents=(WHOLE, "Number of parents"),
            release_id=(TEXT, "First release that contains it"), team=(TEXT, ""), product=(TEXT, ""),
            local_hour=(WHOLE, "Author's own hour of day"), local_weekday=(WHOLE, "Author's own weekday, Monday 0"),
        ),
        _table(
            "changes", "Pull or merge requests.", "change_id", "created_at", "team product",
            change_id=(TEXT, ""), repo=(TEXT, ""), number=(TEXT, ""), title=(TEXT, ""), author=(TEXT, "Person id"),
            state=(TEXT, "open, merged, closed"), team=(TEXT, ""), product=(TEXT, ""), item_id=(TEXT, "Work item"),
            first_commit_at=(MOMENT, ""), created_at=(MOMENT, "Opened"), first_review_at=(MOMENT, ""),
            approved_at=(MOMENT, ""), merged_at=(MOMENT, ""), closed_at=(MOMENT, ""), deployed_at=(MOMENT, ""),
            reviewers=(WHOLE, "Number of reviewers"), size=(WHOLE, "Lines touched"), url=(TEXT, ""),
        ),
        _table(
            "releases", "Versions made available.", "release_id", "released_at", "product team",
            release_id=(TEXT, ""), product=(TEXT, ""), team=(TEXT, ""), version=(TEXT, ""), line=(TEXT, "Release line"),
            title=(TEXT, ""), released_at=(MOMENT, ""), commit_id=(TEXT, ""), notes=(TEXT, "Markdown"),
            prerelease=(TRUTH, ""), url=(TEXT, ""),
        ),
        _table(
            "release_items", "What a release contains, as its notes or its commits say.", "release_id entry_id", "",
            release_id=(TEXT, ""), entry_id=(TEXT, ""), kind=(TEXT, "added, changed, fixed, removed, security, internal"),
            text=(TEXT, ""), change_id=(TEXT, ""), item_id=(TEXT, ""), author=(TEXT, ""),
        ),
        _table(
            "deployments", "Deployments to an environment.", "deployment_id", "deployed_at", "team product",
            deployment_id=(TEXT, ""), service=(TEXT, ""), environment=(TEXT, ""), deployed_at=(MOMENT, ""),
            status=(TEXT, "success, failure"), release_id=(TEXT, ""), commit_id=(TEXT, ""),
            caused_by=(TEXT, "Incident it answers, if unplanned"), team=(TEXT, ""), product=(TEXT, ""),
        ),
        _table(
            "incidents", "Times when something did not work.", "incident_id", "started_at", "team product",
            incident_id=(TEXT, ""), title=(TEXT, ""), service=(TEXT, ""), severity=(TEXT, ""), started_at=(MOMENT, ""),
            resolved_at=(MOMENT, ""), team=(TEXT, ""), product=(TEXT, ""), url=(TEXT, ""), body=(TEXT, ""),
        ),
        _table(
            "events", "What people did in the product.", "event_id", "occurred_at", "product",
            event_id=(TEXT, ""), occurred_at=(MOMENT, ""), event=(TEXT, "Event name"), person_id=(TEXT, ""),
            account_id=(TEXT, ""), feature=(TEXT, "Feature whose use it is"), product=(TEXT, ""),
            properties=(TEXT, "JSON"), distinct_id=(TEXT, "Person as the sender named them, before merges"),
            session_id=(TEXT, ""), received_at=(MOMENT, "Taken in here; empty for imports"),
        ),
        _table(
            "exposures", "Who was assigned to which arm of an experiment, first time.", "experiment unit_id", "exposed_at",
            experiment=(TEXT, ""), unit_id=(TEXT, "Person or account"), arm=(TEXT, ""), exposed_at=(MOMENT, ""),
            segment=(TEXT, ""),
        ),
        _table(
            "outcomes", "Measured outcomes of an experiment's units, or of its arms when `units` is above 1.",
            "experiment unit_id metric", "",
            experiment=(TEXT, ""), unit_id=(TEXT, ""), arm=(TEXT, ""), metric=(TEXT, ""), amount=(NUMBER, "Sum"),
            squares=(NUMBER, "Sum of squares"), units=(WHOLE, "Units summed"),
        ),
        _table(
            "feedback", "What customers and colleagues said or asked for.", "feedback_id", "given_at", "product segment",
            feedback_id=(TEXT, ""), given_at=(MOMENT, ""), title=(TEXT, ""), body=(TEXT, ""), person_id=(TEXT, ""),
            account_id=(TEXT, ""), channel=(TEXT, "support, portal, interview, survey"), kind=(TEXT, "idea, bug, praise"),
            request=(TEXT, "Request or group in the source"), votes=(WHOLE, "Votes it stands for"), rating=(NUMBER, ""),
            status=(TEXT, ""), product=(TEXT, ""), segment=(TEXT, ""), url=(TEXT, ""),
        ),
        _table(
            "accounts", "Customers.", "account_id", "created_at", "segment",
            account_id=(TEXT, ""), name=(TEXT, ""), plan=(TEXT, ""), segment=(TEXT, ""), revenue=(NUMBER, "A year"),
            owner=(TEXT, "Person id of the account's owner here"), created_at=(MOMENT, ""), churned_at=(MOMENT, ""),
        ),
        _table(
            "persons", "People: users of the product (with an account) and colleagues (with a team).", "person_id",
            "created_at", "team segment",
            person_id=(TEXT, ""), name=(TEXT, ""), email=(TEXT, ""), account_id=(TEXT, ""), team=(TEXT, ""),
            role=(TEXT, ""), segment=(TEXT, ""), created_at=(MOMENT, ""), left_at=(MOMENT, ""),
        ),
        _table(
            "components", "Parts of the product: services, modules, repositories.", "component_id", "", "team product",
            component_id=(TEXT, ""), name=(TEXT, ""), repo=(TEXT, ""), team=(TEXT, ""), product=(TEXT, ""),
            kind=(TEXT, ""), active=(TRUTH, "Changed in the last year, if known"), url=(TEXT, ""),
        ),
        _table(
            "ownership", "Who answers for what, as the tools say (CODEOWNERS, catalogue).", "object_ref role person_id", "",
            object_ref=(TEXT, "Ref"), role=(TEXT, "accountable, responsible, consulted, informed"),
            person_id=(TEXT, ""), since_at=(MOMENT, ""), until_at=(MOMENT, ""),
        ),
        _table(
            "notices", "What was announced.", "notice_id", "published_at", "product",
            notice_id=(TEXT, ""), published_at=(MOMENT, ""), title=(TEXT, ""), kind=(TEXT, "blog, advisory, note"),
            audience=(TEXT, ""), body=(TEXT, ""), url=(TEXT, ""), product=(TEXT, ""), release_id=(TEXT, ""),
        ),
        _table(
            "tool_facts", "What is known of the tools: syncs, seats, active users, failures.", "tool occurred_at fact",
            "occurred_at",
            tool=(TEXT, "Tool id"), occurred_at=(MOMENT, ""), fact=(TEXT, "synced, failed, active_users, seats, rows"),
            amount=(NUMBER, ""), words=(TEXT, ""),
        ),
        _table(
            "measures", "Counts that arrive already added up, such as installs by version and month.",
            "series item measured_at", "measured_at",
            series=(TEXT, ""), item=(TEXT, ""), measured_at=(MOMENT, ""), amount=(NUMBER, ""),
        ),
        _table(
            "discussion", "Who commented on what, by month.", "object_ref person_id occurred_at", "occurred_at",
            object_ref=(TEXT, "Ref"), person_id=(TEXT, ""), occurred_at=(MOMENT, ""), amount=(WHOLE, "Comments"),
        ),
        _table(
            "links", "Joints of the loop that tools know of.", "from_ref kind to_ref", "",
            from_ref=(TEXT, "Ref"), kind=(TEXT, "A link kind"), to_ref=(TEXT, "Ref"), confidence=(NUMBER, "0 to 1"),
            why=(TEXT, ""),
        ),
    )
}  # fmt: skip

STREAM: dict[str, dict[str, str]] = {
    "merges": {
        "merge_id": TEXT, "from_id": TEXT, "into_id": TEXT, "how": TEXT, "source": TEXT, "event_id": TEXT,
        "merged_at": MOMENT, "undone_at": MOMENT, "undone_by": TEXT,
    },
    "traits": {
        "unit": TEXT, "unit_id": TEXT, "name": TEXT, "value": TEXT, "since_at": MOMENT, "source": TEXT, "once": TRUTH,
        "seq": WHOLE,
    },
    "refused": {
        "refused_id": TEXT, "source": TEXT, "received_at": MOMENT, "code": TEXT, "reason": TEXT, "raw": TEXT,
        "retried_at": MOMENT,
    },
    "intake_counts": {"source": TEXT, "hour": MOMENT, "outcome": TEXT, "amount": WHOLE},
    "stream_state": {"name": TEXT, "value": TEXT},
    "person_ids": {
        "distinct_id": TEXT, "person_id": TEXT, "account_id": TEXT, "account_at": MOMENT, "first_at": MOMENT,
        "last_at": MOMENT, "events": WHOLE, "first_seq": WHOLE,
    },
    "unsettled": {"unit": TEXT, "unit_id": TEXT},
    "traits_filled": {"unit": TEXT, "unit_id": TEXT, "field": TEXT, "value": TEXT, "batch": TEXT},
    "deleted_persons": {"hash": TEXT, "deleted_at": MOMENT},
    "seen_events": {
        "event": TEXT, "source": TEXT, "first_seen": MOMENT, "last_seen": MOMENT, "amount": WHOLE, "cut": WHOLE,
    },
    "seen_properties": {
        "event": TEXT, "property": TEXT, "type": TEXT, "first_seen": MOMENT, "last_seen": MOMENT, "amount": WHOLE,
        "example": WHOLE,
    },
    "seen_days": {"event": TEXT, "property": TEXT, "type": TEXT, "day": MOMENT, "amount": WHOLE},
}  # fmt: skip
"""Tables that the stream of events writes: column -> Ibis type. No import lands in them and no undo touches them.

`traits` is everything that was ever said, numbered (`seq`) in the order of commits. `intake_counts` may hold several
rows of one source, hour and outcome: readers add them up; per source and hour, `received` is the sum of the others.
`person_ids` says of each distinct id whose it is, when it was seen and how often, and from which number (`seq`) of an
event on. `unsettled` are units whose facts are to be brought up to date with their traits, `traits_filled` the fields of
facts that traits filled (`field` empty: the batch that the row was of when it was last looked at). `deleted_persons`
are salted hashes of ids that are not taken in any more. The three `seen_` tables are the schema registry: rows of each
event and source, of each property by type (`example` is the number of a row that has one), and of both by UTC day; the
rows of an event on a day stand under an empty property and type.
"""


def column_doc(table: str, column: str) -> str:
    """Return the words for a column, its name made readable when the schema has none."""
    words = TABLES[table].columns[column][1]
    return words or column.removesuffix("_id").removesuffix("_at").replace("_", " ").capitalize()
