-- How people follow their letters: a secret code for each letter that was taken in at a desk, what the office publishes
-- for the sender, what the two write to each other, and how answers were rated. Texts are sealed with the case's key.

-- +goose Up
-- +goose ENVSUB ON

-- The secret codes of a letter, each issue; newest opens it. Only the hash of a code is kept. number is the public one.
CREATE TABLE letter_code (
  entry     BIGINT   NOT NULL,
  n         INTEGER  NOT NULL,
  number    TEXT     NOT NULL,
  code_hash ${BYTES} NOT NULL,
  newest    BOOLEAN  NOT NULL,
  actor     TEXT     NOT NULL,
  at_ms     BIGINT   NOT NULL,
  leaf      BIGINT   NOT NULL,
  PRIMARY KEY (entry, n)
);
CREATE UNIQUE INDEX letter_code_number ON letter_code (number) WHERE newest;

-- What the office answers, for the sender to read. An answer n has versions; of them at most one is published. gone is the
-- sealed reason of a withdrawal, empty before.
CREATE TABLE public_answer (
  entry      BIGINT   NOT NULL,
  n          INTEGER  NOT NULL,
  version    INTEGER  NOT NULL,
  state      TEXT     NOT NULL,
  sealed     ${BYTES} NOT NULL,
  gone       ${BYTES} NOT NULL,
  actor      TEXT     NOT NULL,
  at_ms      BIGINT   NOT NULL,
  checked_by TEXT     NOT NULL,
  checked_ms BIGINT   NOT NULL,
  leaf       BIGINT   NOT NULL,
  PRIMARY KEY (entry, n, version)
);

-- What office and sender wrote to each other. actor is empty for the sender; read_ms 0 until the office has read it.
CREATE TABLE letter_word (
  id      BIGINT   NOT NULL PRIMARY KEY,
  entry   BIGINT   NOT NULL,
  kind    TEXT     NOT NULL,
  sealed  ${BYTES} NOT NULL,
  until   INTEGER  NOT NULL,
  actor   TEXT     NOT NULL,
  at_ms   BIGINT   NOT NULL,
  read_ms BIGINT   NOT NULL,
  read_by TEXT     NOT NULL,
  leaf    BIGINT   NOT NULL
);
CREATE INDEX letter_word_entry ON letter_word (entry, id);
CREATE INDEX letter_word_unread ON letter_word (entry) WHERE read_ms = 0;

-- A letter that its sender opened anew: what came first, and what followed.
CREATE TABLE letter_reopened (
  entry   BIGINT  NOT NULL PRIMARY KEY,
  earlier BIGINT  NOT NULL,
  on_day  INTEGER NOT NULL
);
CREATE INDEX letter_reopened_earlier ON letter_reopened (earlier);

-- One rating of one answer. mark is a keyed hash of the answer: without the installation's key nobody can tell of which
-- letter it is. Of its time only the month stands, and the day until which it may be changed.
CREATE TABLE answer_rating (
  mark    ${BYTES} NOT NULL PRIMARY KEY,
  unit    BIGINT   NOT NULL,
  field   TEXT     NOT NULL,
  month   INTEGER  NOT NULL,
  score   INTEGER  NOT NULL,
  reasons TEXT     NOT NULL,
  until   INTEGER  NOT NULL
);
CREATE INDEX answer_rating_month ON answer_rating (month, unit);
-- +goose ENVSUB OFF

-- +goose Down
DROP TABLE answer_rating;
DROP TABLE letter_reopened;
DROP TABLE letter_word;
DROP TABLE public_answer;
DROP TABLE letter_code;
