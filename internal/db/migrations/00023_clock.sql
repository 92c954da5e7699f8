-- The clocks of cases (letters and their parts) as they were told. A deadline that changes because the law, the calendar or
-- the case changed gets a new row; the old one stays with the day and the reason. What has ended is not told anew.

-- +goose Up
-- due_on is null while the clock stands still. calculation is internal/clock's Deadline as JSON; edition the hash of the
-- catalogue by which it was reckoned. owed is false for the sender's own limits.
CREATE TABLE petition_clock (
  id           BIGINT  NOT NULL PRIMARY KEY,
  entry        BIGINT  NOT NULL,
  clock        TEXT    NOT NULL,
  owed         BOOLEAN NOT NULL,
  start_on     INTEGER NOT NULL,
  due_on       INTEGER,
  calculation  TEXT    NOT NULL,
  edition      TEXT    NOT NULL,
  calendar     TEXT    NOT NULL,
  set_ms       BIGINT  NOT NULL,
  ended_on     INTEGER,
  replaced_ms  BIGINT,
  replaced_why TEXT    NOT NULL
);
CREATE UNIQUE INDEX petition_clock_standing ON petition_clock (entry, clock) WHERE replaced_ms IS NULL;
CREATE INDEX petition_clock_entry ON petition_clock (entry);
CREATE INDEX petition_clock_due ON petition_clock (due_on) WHERE replaced_ms IS NULL AND ended_on IS NULL;

-- Which version of a case its clocks were reckoned from, and by which law (a hash of procedures and calendars).
CREATE TABLE petition_clocked (
  entry   BIGINT  NOT NULL PRIMARY KEY,
  version INTEGER NOT NULL,
  law     TEXT    NOT NULL,
  kind    TEXT    NOT NULL,
  class   TEXT    NOT NULL,
  code    TEXT    NOT NULL
);
CREATE INDEX petition_clocked_law ON petition_clocked (law);

-- One reckoning of all cases anew, with its progress.
CREATE TABLE petition_clock_run (
  id        BIGINT  NOT NULL PRIMARY KEY,
  law       TEXT    NOT NULL,
  edition   TEXT    NOT NULL,
  begun_ms  BIGINT  NOT NULL,
  ended_ms  BIGINT,
  total     BIGINT  NOT NULL,
  done      BIGINT  NOT NULL,
  moved     BIGINT  NOT NULL,
  failed    BIGINT  NOT NULL
);

-- +goose Down
DROP TABLE petition_clock_run;
DROP TABLE petition_clocked;
DROP TABLE petition_clock;
