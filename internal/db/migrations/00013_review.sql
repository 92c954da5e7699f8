-- Verdicts on versions of entries, and the marks of acts that came after a period was closed. Neither is part of what
-- an entry says: entry_version stays as it is.

-- +goose Up
-- +goose ENVSUB ON

-- A version that was returned to its recorder with a remark. An amendment makes another version, so that the return no
-- longer stands; taken_* are set when the return itself is taken back. Each of the two acts has its leaf.
CREATE TABLE entry_return (
    id         BIGINT  NOT NULL PRIMARY KEY,
    entry      BIGINT  NOT NULL,
    version    INTEGER NOT NULL,
    remark     TEXT    NOT NULL,
    actor      TEXT    NOT NULL,
    at_ms      BIGINT  NOT NULL,
    leaf       BIGINT  NOT NULL,
    taken_by   TEXT    NOT NULL,
    taken_ms   BIGINT,
    taken_leaf BIGINT
);
CREATE UNIQUE INDEX entry_return_standing ON entry_return (entry, version) WHERE taken_ms IS NULL;
CREATE INDEX entry_return_entry ON entry_return (entry);

-- A version that was made after the period of its day was closed by a filing; note names the report as it was then.
CREATE TABLE entry_late (
    entry   BIGINT  NOT NULL,
    version INTEGER NOT NULL,
    filing  BIGINT  NOT NULL,
    note    TEXT    NOT NULL,
    PRIMARY KEY (entry, version, filing)
) ${WITHOUT_ROWID};
CREATE INDEX entry_late_filing ON entry_late (filing);

-- What waits to be confirmed is a small part of all entries.
CREATE INDEX entry_recorded ON entry (id) WHERE state = 'recorded';

-- +goose ENVSUB OFF

-- +goose Down
DROP INDEX entry_recorded;
DROP TABLE entry_late;
DROP TABLE entry_return;
