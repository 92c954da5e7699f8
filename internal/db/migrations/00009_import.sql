-- Entries from files, in the browser: the rows as they were handed in wait here until a person has seen what is
-- wrong with them. Nothing of it counts anywhere; what is recorded in the end is a batch of the ledger.

-- +goose Up

-- state: staged (being looked at), waiting (a job will record it), done, failed, undoing, undone, dropped.
CREATE TABLE import (
  id       BIGINT  NOT NULL PRIMARY KEY,
  name     TEXT    NOT NULL,
  actor    TEXT    NOT NULL,
  kind     TEXT    NOT NULL,
  format   TEXT    NOT NULL,
  header   TEXT    NOT NULL,
  columns  TEXT    NOT NULL,
  state    TEXT    NOT NULL,
  at_ms    BIGINT  NOT NULL,
  done_ms  BIGINT  NOT NULL,
  total    BIGINT  NOT NULL,
  bad      BIGINT  NOT NULL,
  existed  BIGINT  NOT NULL,
  saved    BIGINT  NOT NULL,
  partial  BOOLEAN NOT NULL,
  batch    BIGINT  NOT NULL,
  job      BIGINT  NOT NULL,
  reason   TEXT    NOT NULL,
  message  TEXT    NOT NULL,
  adds     TEXT    NOT NULL
);
CREATE INDEX import_actor ON import (actor, id);

-- cells are the row's cells as a JSON list, or the line of JSON Lines; problems is empty for a row that is right.
CREATE TABLE import_row (
  import   BIGINT  NOT NULL,
  row      BIGINT  NOT NULL,
  line     BIGINT  NOT NULL,
  cells    TEXT    NOT NULL,
  problems TEXT    NOT NULL,
  PRIMARY KEY (import, row)
);
CREATE INDEX import_row_bad ON import_row (import, row) WHERE problems <> '';

-- Lists of entries: by day and by the moment of recording, without reading the heads that are passed over; who did
-- what. entry_unit takes in what lists count by.
CREATE INDEX entry_day ON entry (day, id, unit, state, kind);
CREATE INDEX entry_at  ON entry (at_ms, id, unit, state, kind, day);
DROP INDEX entry_unit;
CREATE INDEX entry_unit ON entry (unit, day, id, state, kind);
DROP INDEX entry_kind;
CREATE INDEX entry_kind ON entry (kind, day, id, unit, state, version);
CREATE INDEX entry_version_actor ON entry_version (actor, entry);

-- +goose Down
DROP INDEX entry_version_actor;
DROP INDEX entry_kind;
CREATE INDEX entry_kind ON entry (kind, day);
DROP INDEX entry_unit;
CREATE INDEX entry_unit ON entry (unit, day);
DROP INDEX entry_at;
DROP INDEX entry_day;
DROP TABLE import_row;
DROP TABLE import;
