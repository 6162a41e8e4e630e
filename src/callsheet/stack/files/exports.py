"""Exports that are recognised by their columns, and the mapping of each. Pure data.

Column names as the tools write them; sources in the words of `Shape.source`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Maps = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Shape:
    """A known export: the columns it must have, and its mapping."""

    kind: str
    title: str
    needs: tuple[str, ...]
    maps: Maps
    source: str = ""


STATES = {
    "to do": "todo", "todo": "todo", "backlog": "todo", "open": "todo", "new": "todo", "triage": "todo",
    "unstarted": "todo", "ready": "todo", "planned": "todo", "selected for development": "todo", "reopened": "todo",
    "in progress": "doing", "doing": "doing", "started": "doing", "in review": "doing", "in development": "doing",
    "review": "doing", "testing": "doing", "blocked": "waiting", "waiting": "waiting", "on hold": "waiting",
    "done": "done", "closed": "done", "resolved": "done", "completed": "done", "complete": "done", "shipped": "done",
    "released": "done", "canceled": "dropped", "cancelled": "dropped", "won't do": "dropped", "duplicate": "dropped",
    "declined": "dropped", "rejected": "dropped", "archived": "dropped", "*": "todo",
}  # fmt: skip
"""State in a tool -> category; what is unknown counts as not begun."""

_TYPES = {"story": "issue", "user story": "issue", "task": "task", "sub-task": "task", "bug": "bug", "epic": "epic"}


def _asks(ident: str, template: str) -> dict[str, Any]:
    return {"table": "links", "from_ref": f"feedback:{template}", "kind": "=asks_for", "to_ref": f"request:{ident}"}


SHAPES: tuple[Shape, ...] = (
    Shape("jira_csv", "Jira issues (CSV)", ("Summary", "Issue key", "Issue Type", "Status"), [{
        "table": "work", "item_id": "Issue key", "kind": {"column": "Issue Type", "values": _TYPES, "lower": True},
        "title": "Summary", "state": "Status", "category": {"column": "Status", "values": STATES},
        "created_at": "Created", "done_at": "Resolved", "due_at": "Due Date", "owner": "Assignee", "author": "Reporter",
        "estimate": "Custom field (Story point estimate)", "product": "Project key", "labels": "Labels", "parent": "Parent",
    }], "the importer's JiraCsvImporter"),
    Shape("linear_csv", "Linear issues (CSV)", ("Id", "Team", "Title", "Status", "Cycle Name"), [{
        "table": "work", "item_id": "Id", "kind": "=issue", "title": "Title", "team": {"column": "Team", "slug": True},
        "state": "Status", "category": {"column": "Status", "values": STATES}, "created_at": "Created",
        "started_at": "Started", "done_at": "Completed", "owner": "Assignee", "author": "Creator",
        "estimate": "Estimate", "labels": "Labels", "due_at": "Due Date", "parent": "Parent issue",
    }], "the importer's LinearCsvImporter"),
    Shape("fider_csv", "Fider posts (CSV)", ("number", "title", "votes_count", "comments_count", "original_number"), [{
        "table": "feedback", "feedback_id": "fider-{number}", "given_at": "created_at", "title": "title",
        "body": "description", "person_id": "created_by", "channel": "=portal", "kind": "=idea", "request": "number",
        "votes": "votes_count", "status": "status",
    }, _asks("fider-{number}", "fider-{number}")], "app/pkg/csv"),
    Shape("canny_json", "Canny posts (JSON)", ("id", "title", "details", "created"), [{
        "table": "feedback", "feedback_id": {"template": "canny-{id}"}, "given_at": "created", "title": "title",
        "body": "details", "person_id": "author.email", "channel": "=portal", "kind": "=idea", "request": "id",
        "votes": "score", "status": "status", "url": "url",
    }, _asks("canny-{id}", "canny-{id}")], "Canny API v1, posts/list"),
    Shape("quackback_csv", "Quackback posts (CSV)", ("title", "author_email", "vote_count", "board"), [{
        "table": "feedback", "feedback_id": "quackback-{id}", "given_at": "created_at", "title": "title",
        "body": "content", "person_id": "author_email", "channel": "=portal", "kind": "=idea", "request": "id",
        "votes": "vote_count", "status": "status", "product": "board",
    }, _asks("quackback-{id}", "quackback-{id}")], "export/entities"),
    Shape("uservoice_csv", "UserVoice suggestions (CSV)", ("ideaId", "ideaTitle", "votersCount"), [{
        "table": "feedback", "feedback_id": "uservoice-{ideaId}", "given_at": "createdTimestamp", "title": "ideaTitle",
        "body": "ideaDescription", "person_id": "ideaCreatorEmailAddress", "channel": "=portal", "kind": "=idea",
        "request": "ideaId", "votes": "votersCount", "status": "publicStatusName",
    }, _asks("uservoice-{ideaId}", "uservoice-{ideaId}")], "adapters/uservoice"),
    Shape("zendesk_csv", "Zendesk tickets (CSV)", ("id", "requester_id", "subject", "status", "ticket_form_id"), [{
        "table": "feedback", "feedback_id": "zendesk-{id}", "given_at": "created_at", "title": "subject",
        "body": "description", "person_id": "requester_id", "account_id": "organization_id", "channel": "=support",
        "status": "status", "url": "url",
    }], "dbt_zendesk_source, get_ticket_columns"),
    Shape("intercom_csv", "Intercom conversations (CSV)", ("conversation_id", "message_body", "message_author_email"), [{
        "table": "feedback", "feedback_id": "intercom-{conversation_id}", "given_at": "conversation_created_at",
        "body": "message_body", "person_id": "message_author_email", "account_id": "message_author_companies",
        "channel": "=support", "status": "conversation_state",
    }], "prodsight export columns"),
)  # fmt: skip

SYNONYMS: dict[str, tuple[str, ...]] = {
    "item_id": ("id", "key", "issue", "issuekey", "issueid", "ticket", "itemid", "number"),
    "change_id": ("id", "pr", "pullrequest", "mergerequest", "number", "prnumber"),
    "commit_id": ("sha", "hash", "commit", "commitid"), "release_id": ("version", "tag", "release", "name"),
    "version": ("version", "tag", "release", "name"), "deployment_id": ("id", "deployment"),
    "incident_id": ("id", "incident", "number", "file"), "event_id": ("id", "eventid", "uuid", "insertid"),
    "feedback_id": ("id", "post", "ticket", "number"),
    "account_id": ("accountid", "account", "companyid", "company", "customer", "organization", "organizationid",
        "id", "domain"),
    "person_id": ("userid", "personid", "user", "distinctid", "email", "authoremail", "member", "id"),
    "notice_id": ("id", "path", "url", "slug"), "component_id": ("component", "name", "service", "id"),
    "title": ("title", "name", "summary", "subject", "prtitle"), "state": ("state", "status"),
    "status": ("status", "state"),
    "created_at": ("created", "createdat", "createdon", "opened", "openedat", "date"),
    "started_at": ("started", "startedat", "start", "begin", "began", "startdate"),
    "done_at": ("done", "doneat", "resolved", "resolvedat", "completed", "completedat", "closed", "closedat",
        "finished"),
    "resolved_at": ("resolved", "resolvedat", "end", "ended", "closedat"),
    "due_at": ("due", "duedate", "deadline", "targetdate"), "merged_at": ("merged", "mergedat"),
    "closed_at": ("closed", "closedat"),
    "released_at": ("released", "releasedat", "publishedat", "date", "createdat", "releasedate"),
    "deployed_at": ("deployed", "deployedat", "createdat", "time", "date"),
    "committed_at": ("committed", "committedat", "date", "committerdate"),
    "authored_at": ("authored", "authoredat", "authordate"),
    "occurred_at": ("time", "timestamp", "occurredat", "ts", "date", "at", "changedat", "month", "day",
        "createdat", "ds"),
    "published_at": ("published", "publishedat", "date"),
    "exposed_at": ("exposedat", "timestamp", "time", "date"),
    "given_at": ("created", "createdat", "date", "time", "timestamp", "at"),
    "measured_at": ("month", "date", "day", "week", "time", "timestamp"),
    "amount": ("amount", "count", "value", "total", "installs", "downloads", "n"),
    "owner": ("owner", "assignee", "assignedto"),
    "author": ("author", "reporter", "creator", "createdby", "authorid", "user"),
    "team": ("team", "squad", "group"), "product": ("product", "project", "board"),
    "labels": ("labels", "tags"), "estimate": ("estimate", "points", "storypoints", "storypointestimate"),
    "body": ("body", "details", "description", "content", "text", "comment", "message", "review"),
    "votes": ("votes", "votescount", "votecount", "score", "upvotes"),
    "rating": ("rating", "stars", "score", "nps"), "event": ("event", "eventname", "action", "page"),
    "url": ("url", "link", "href", "permalink"), "name": ("name", "title", "fullname", "company"),
    "email": ("email", "mail", "emailaddress"), "plan": ("plan", "tier", "planname"),
    "segment": ("segment", "size", "tier"), "revenue": ("revenue", "arr", "monthlyspend", "mrr", "spend"),
    "repo": ("repo", "repository"), "number": ("number", "pr"), "subject": ("subject", "message", "title"),
    "from_state": ("from", "fromstate", "oldstatus", "fromstatus", "old"),
    "to_state": ("to", "tostate", "newstatus", "tostatus", "new"),
    "severity": ("severity", "priority", "impact"), "service": ("service", "affected", "component", "system"),
    "environment": ("environment", "env", "stage"),
    "experiment": ("experiment", "experimentid", "test", "flag"),
    "unit_id": ("unit", "unitid", "userid", "user", "personid"),
    "arm": ("arm", "variant", "variation", "group", "version", "bucket"),
    "item": ("item", "version", "coreversion", "plugin", "os", "name", "type", "jobtype"),
    "feature": ("feature",), "channel": ("channel", "source"),
    "kind": ("type", "kind", "issuetype", "category"), "role": ("role", "jobtitle"),
}  # fmt: skip
"""Field -> names of columns (without case, blanks and marks) that usually hold it, the likeliest first."""
