-- One matter behind many letters. Nothing here changes an entry or a figure: letters are counted by letter. What people
-- wrote as a reason is sealed with the key of the letter. Rows stay for good: what was taken back says who, when, why.
-- All rows have their id from one counter, and each its leaf of the log.

-- +goose Up
-- +goose ENVSUB ON

-- root is the matter in which this one is contained, itself where it stands alone. turn goes up with every act, so that
-- of two people who act on what they both saw, one is told. denounces: a matter of denunciations holds nothing else.
CREATE TABLE matter (
  id        BIGINT  NOT NULL PRIMARY KEY,
  root      BIGINT  NOT NULL,
  denounces BOOLEAN NOT NULL,
  turn      BIGINT  NOT NULL,
  actor     TEXT    NOT NULL,
  at_ms     BIGINT  NOT NULL,
  leaf      BIGINT  NOT NULL
) ${WITHOUT_ROWID};
CREATE INDEX matter_root ON matter (root);

-- What a matter is called: about the work, no person. The last one holds.
CREATE TABLE matter_name (
  id     BIGINT NOT NULL PRIMARY KEY,
  matter BIGINT NOT NULL,
  name   TEXT   NOT NULL,
  actor  TEXT   NOT NULL,
  at_ms  BIGINT NOT NULL,
  leaf   BIGINT NOT NULL
) ${WITHOUT_ROWID};
CREATE INDEX matter_name_matter ON matter_name (matter, id);

-- A letter in a matter: how it belongs there, compared with which letter (toward), on what basis.
CREATE TABLE matter_letter (
  id           BIGINT  NOT NULL PRIMARY KEY,
  matter       BIGINT  NOT NULL,
  letter       BIGINT  NOT NULL,
  relation     TEXT    NOT NULL CHECK (relation IN ('first', 'same_letter', 'same_matter', 'follow_up')),
  toward       BIGINT  NOT NULL,
  basis        TEXT    NOT NULL,
  reason       ${BYTES} NOT NULL,
  actor        TEXT    NOT NULL,
  at_ms        BIGINT  NOT NULL,
  leaf         BIGINT  NOT NULL,
  undone_actor TEXT    NOT NULL,
  undone_why   ${BYTES} NOT NULL,
  undone_ms    BIGINT  NOT NULL,
  undone_leaf  BIGINT
) ${WITHOUT_ROWID};
CREATE UNIQUE INDEX matter_letter_stands ON matter_letter (letter) WHERE undone_leaf IS NULL;
CREATE INDEX matter_letter_matter ON matter_letter (matter);
CREATE INDEX matter_letter_letter ON matter_letter (letter);

-- Two matters found to be one: gone is contained in matter while the row stands. The letters are those that were compared.
CREATE TABLE matter_merge (
  id           BIGINT  NOT NULL PRIMARY KEY,
  matter       BIGINT  NOT NULL,
  gone         BIGINT  NOT NULL,
  letter       BIGINT  NOT NULL,
  toward       BIGINT  NOT NULL,
  relation     TEXT    NOT NULL,
  basis        TEXT    NOT NULL,
  reason       ${BYTES} NOT NULL,
  actor        TEXT    NOT NULL,
  at_ms        BIGINT  NOT NULL,
  leaf         BIGINT  NOT NULL,
  undone_actor TEXT    NOT NULL,
  undone_why   ${BYTES} NOT NULL,
  undone_ms    BIGINT  NOT NULL,
  undone_leaf  BIGINT
) ${WITHOUT_ROWID};
CREATE UNIQUE INDEX matter_merge_stands ON matter_merge (gone) WHERE undone_leaf IS NULL;
CREATE INDEX matter_merge_matter ON matter_merge (matter);

-- Two letters side by side (related), or of which a person said that they are two matters (refused), the smaller number
-- first.
CREATE TABLE matter_pair (
  id           BIGINT  NOT NULL PRIMARY KEY,
  one          BIGINT  NOT NULL,
  other        BIGINT  NOT NULL,
  said         TEXT    NOT NULL CHECK (said IN ('related', 'refused')),
  reason       ${BYTES} NOT NULL,
  actor        TEXT    NOT NULL,
  at_ms        BIGINT  NOT NULL,
  leaf         BIGINT  NOT NULL,
  undone_actor TEXT    NOT NULL,
  undone_why   ${BYTES} NOT NULL,
  undone_ms    BIGINT  NOT NULL,
  undone_leaf  BIGINT
) ${WITHOUT_ROWID};
CREATE UNIQUE INDEX matter_pair_stands ON matter_pair (one, other) WHERE undone_leaf IS NULL;
CREATE INDEX matter_pair_one ON matter_pair (one);
CREATE INDEX matter_pair_other ON matter_pair (other);
-- +goose ENVSUB OFF

-- +goose Down
DROP TABLE matter_pair;
DROP TABLE matter_merge;
DROP TABLE matter_letter;
DROP TABLE matter_name;
DROP TABLE matter;
