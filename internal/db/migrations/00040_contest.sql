-- Contests: rounds and entries are entries of the ledger. Here stands who is on a jury, who is excused from which entry, what
-- each juror gave (hundredths of a point) until and after a round is closed, and votes as sums by entry and day: nothing is
-- kept of who voted.

-- +goose Up
-- +goose ENVSUB ON
CREATE TABLE contest_juror (
  contest  BIGINT  NOT NULL,
  login    TEXT    NOT NULL,
  name     TEXT    NOT NULL,
  chair    BOOLEAN NOT NULL,
  actor    TEXT    NOT NULL,
  at_ms    BIGINT  NOT NULL,
  ended_ms BIGINT  NOT NULL,
  leaf     BIGINT  NOT NULL,
  PRIMARY KEY (contest, login)
) ${WITHOUT_ROWID};
CREATE INDEX contest_juror_login ON contest_juror (login);

CREATE TABLE contest_excuse (
  contest BIGINT NOT NULL,
  entry   BIGINT NOT NULL,
  login   TEXT   NOT NULL,
  reason  TEXT   NOT NULL,
  actor   TEXT   NOT NULL,
  at_ms   BIGINT NOT NULL,
  leaf    BIGINT NOT NULL,
  PRIMARY KEY (entry, login)
) ${WITHOUT_ROWID};
CREATE INDEX contest_excuse_contest ON contest_excuse (contest);

CREATE TABLE contest_score (
  round     BIGINT  NOT NULL,
  entry     BIGINT  NOT NULL,
  login     TEXT    NOT NULL,
  criterion INTEGER NOT NULL,
  points    BIGINT  NOT NULL,
  at_ms     BIGINT  NOT NULL,
  PRIMARY KEY (round, entry, login, criterion)
) ${WITHOUT_ROWID};

CREATE TABLE contest_vote (
  contest BIGINT  NOT NULL,
  entry   BIGINT  NOT NULL,
  day     INTEGER NOT NULL,
  votes   BIGINT  NOT NULL,
  PRIMARY KEY (entry, day)
) ${WITHOUT_ROWID};
CREATE INDEX contest_vote_contest ON contest_vote (contest);
-- +goose ENVSUB OFF

-- +goose Down
DROP TABLE contest_vote;
DROP TABLE contest_score;
DROP TABLE contest_excuse;
DROP TABLE contest_juror;
