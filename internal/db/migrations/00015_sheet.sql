-- Tables that go out and come back: the workbook as it was handed in, so that it can be given back with its wrong
-- cells marked. Two entries that may be one event: what a person said about them, and what was merged, so that it
-- can be parted again.

-- +goose Up
-- +goose ENVSUB ON

-- Kept until every row is recorded or the import is thrown away.
CREATE TABLE import_file (
  import  BIGINT   NOT NULL PRIMARY KEY,
  content ${BYTES} NOT NULL
);

-- A person said that two entries are two events; one is the smaller number.
CREATE TABLE double_refused (
  one     BIGINT NOT NULL,
  other   BIGINT NOT NULL,
  reason  TEXT   NOT NULL,
  actor   TEXT   NOT NULL,
  at_ms   BIGINT NOT NULL,
  PRIMARY KEY (one, other)
) ${WITHOUT_ROWID};
CREATE INDEX double_refused_other ON double_refused (other);

-- Two entries made one: lead stands, merged is void. The versions say what each was before and is since; moved are the
-- entries that carried out the merged one, with their versions likewise, as JSON. parted_ms is 0 while it holds.
CREATE TABLE entry_merge (
  id         BIGINT  NOT NULL PRIMARY KEY,
  lead       BIGINT  NOT NULL,
  merged     BIGINT  NOT NULL,
  lead_was   INTEGER NOT NULL,
  lead_is    INTEGER NOT NULL,
  merged_was INTEGER NOT NULL,
  merged_is  INTEGER NOT NULL,
  moved      TEXT    NOT NULL,
  reason     TEXT    NOT NULL,
  actor      TEXT    NOT NULL,
  at_ms      BIGINT  NOT NULL,
  parted_ms  BIGINT  NOT NULL,
  parted_by  TEXT    NOT NULL
);
CREATE INDEX entry_merge_lead   ON entry_merge (lead);
CREATE INDEX entry_merge_merged ON entry_merge (merged);

-- +goose ENVSUB OFF

-- +goose Down
DROP TABLE entry_merge;
DROP TABLE double_refused;
DROP TABLE import_file;
