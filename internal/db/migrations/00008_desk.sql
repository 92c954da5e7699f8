-- What a person has put on the own board: indicators, each of a unit or of the one that the page is about.

-- +goose Up
-- +goose ENVSUB ON

-- unit 0 stands for the unit of the page; label is "name=value" where only a part of the indicator is wanted, else
-- empty. place orders the cards from 0 without gaps.
CREATE TABLE desk_card (
  id        BIGINT  NOT NULL PRIMARY KEY,
  account   BIGINT  NOT NULL,
  indicator TEXT    NOT NULL,
  unit      BIGINT  NOT NULL,
  label     TEXT    NOT NULL,
  place     INTEGER NOT NULL,
  at_ms     BIGINT  NOT NULL,
  UNIQUE (account, indicator, unit, label)
) ${WITHOUT_ROWID};

-- One row an account, counted up by each change of its board: two changes at once wait for one another.
CREATE TABLE desk_board (
  account BIGINT NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL
) ${WITHOUT_ROWID};

-- +goose Down
DROP TABLE desk_board;
DROP TABLE desk_card;
