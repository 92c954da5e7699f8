-- News: articles with their versions and pictures, what became of them, how often they were read, and what readers say of
-- them. A published article is an entry of the ledger besides. Moments are UTC milliseconds, days yyyymmdd, 0 for none.

-- +goose Up
-- +goose ENVSUB ON

-- state is that of the newest version; shown the version that the public reads, 0 for none.
CREATE TABLE article (
  id           BIGINT  NOT NULL PRIMARY KEY,
  unit         BIGINT  NOT NULL,
  state        TEXT    NOT NULL CHECK (state IN ('draft', 'review', 'returned', 'published', 'withdrawn')),
  version      INTEGER NOT NULL,
  shown        INTEGER NOT NULL,
  author       TEXT    NOT NULL,
  entry        BIGINT  NOT NULL,
  day          INTEGER NOT NULL,
  published_ms BIGINT  NOT NULL,
  changed_ms   BIGINT  NOT NULL
);
CREATE INDEX article_shown ON article (published_ms, id) WHERE shown > 0;
CREATE INDEX article_unit ON article (unit, changed_ms);

-- place is the commune that it is about, 0 for the whole province; cover the number of a picture; note what was corrected,
-- as readers see it; fold the words by which it is found.
CREATE TABLE article_version (
  article BIGINT  NOT NULL,
  number  INTEGER NOT NULL,
  place   BIGINT  NOT NULL,
  sort    TEXT    NOT NULL,
  theme   TEXT    NOT NULL,
  title   TEXT    NOT NULL,
  summary TEXT    NOT NULL,
  body    TEXT    NOT NULL,
  byline  TEXT    NOT NULL,
  cover   INTEGER NOT NULL,
  note    TEXT    NOT NULL,
  fold    TEXT    NOT NULL,
  actor   TEXT    NOT NULL,
  at_ms   BIGINT  NOT NULL,
  PRIMARY KEY (article, number)
) ${WITHOUT_ROWID};

CREATE TABLE article_picture (
  article BIGINT  NOT NULL,
  number  INTEGER NOT NULL,
  alt     TEXT    NOT NULL,
  actor   TEXT    NOT NULL,
  at_ms   BIGINT  NOT NULL,
  PRIMARY KEY (article, number)
) ${WITHOUT_ROWID};

-- A picture in one of its widths; hash names the file.
CREATE TABLE article_picture_size (
  article BIGINT  NOT NULL,
  number  INTEGER NOT NULL,
  width   INTEGER NOT NULL,
  height  INTEGER NOT NULL,
  hash    TEXT    NOT NULL,
  PRIMARY KEY (article, number, width)
) ${WITHOUT_ROWID};
CREATE INDEX article_picture_hash ON article_picture_size (hash);

CREATE TABLE article_act (
  id      BIGINT  NOT NULL PRIMARY KEY,
  article BIGINT  NOT NULL,
  act     TEXT    NOT NULL CHECK (act IN ('send', 'recall', 'return', 'publish', 'correct', 'withdraw')),
  version INTEGER NOT NULL,
  remark  TEXT    NOT NULL,
  actor   TEXT    NOT NULL,
  at_ms   BIGINT  NOT NULL,
  leaf    BIGINT  NOT NULL
);
CREATE INDEX article_act_of ON article_act (article);

-- How often an article was read on a day: a number, and nothing of who read.
CREATE TABLE article_read (
  article BIGINT  NOT NULL,
  day     INTEGER NOT NULL,
  n       BIGINT  NOT NULL,
  PRIMARY KEY (article, day)
) ${WITHOUT_ROWID};
CREATE INDEX article_read_day ON article_read (day);

-- What a reader says of an article. Words and sender are a dossier of their own, sealed; name, said and answer are what the
-- public reads, empty until somebody at the office decides. once is the SHA-256 of the form's key and what it said.
CREATE TABLE article_feedback (
  id       BIGINT   NOT NULL PRIMARY KEY,
  article  BIGINT   NOT NULL,
  unit     BIGINT   NOT NULL,
  day      INTEGER  NOT NULL,
  at_ms    BIGINT   NOT NULL,
  once     ${BYTES} NOT NULL,
  named    BOOLEAN  NOT NULL,
  open     BOOLEAN  NOT NULL,
  state    TEXT     NOT NULL CHECK (state IN ('new', 'shown', 'answered', 'refused', 'forwarded')),
  topic    TEXT     NOT NULL,
  name     TEXT     NOT NULL,
  said     TEXT     NOT NULL,
  answer   TEXT     NOT NULL,
  ground   TEXT     NOT NULL,
  number   TEXT     NOT NULL,
  actor    TEXT     NOT NULL,
  done     INTEGER  NOT NULL,
  leaf     BIGINT   NOT NULL
);
CREATE UNIQUE INDEX article_feedback_once ON article_feedback (once);
CREATE INDEX article_feedback_of ON article_feedback (article, state);
CREATE INDEX article_feedback_unit ON article_feedback (unit, day);
-- +goose ENVSUB OFF

-- +goose Down
DROP TABLE article_feedback;
DROP TABLE article_read;
DROP TABLE article_act;
DROP TABLE article_picture_size;
DROP TABLE article_picture;
DROP TABLE article_version;
DROP TABLE article;
