-- Who may do what: grants of roles over subtrees of units, from a day to a day, and delegations of a grant while
-- its holder is away. A grant is ended, never deleted; what it was stays readable. Every row has its audit leaves.

-- +goose Up
-- +goose ENVSUB ON

-- day_to is the day after the last as it was planned (99991231: none); ended_on the day from which it holds no
-- more because somebody ended it, NULL while nobody did. A delegation stands in for another account (for_account)
-- with one of that one's own grants (of_grant), and never outlives it.
CREATE TABLE access_grant (
  id          BIGINT  NOT NULL PRIMARY KEY,
  account     BIGINT  NOT NULL,
  role        TEXT    NOT NULL,
  unit        BIGINT  NOT NULL,
  day_from    INTEGER NOT NULL,
  day_to      INTEGER NOT NULL,
  for_account BIGINT  NOT NULL,
  of_grant    BIGINT  NOT NULL,
  made_by     TEXT    NOT NULL,
  reason      TEXT    NOT NULL,
  at_ms       BIGINT  NOT NULL,
  leaf        BIGINT  NOT NULL,
  ended_on    INTEGER,
  ended_by    TEXT    NOT NULL,
  end_reason  TEXT    NOT NULL,
  end_ms      BIGINT,
  end_leaf    BIGINT
) ${WITHOUT_ROWID};
CREATE INDEX access_grant_account ON access_grant (account);
CREATE INDEX access_grant_unit    ON access_grant (unit);
CREATE INDEX access_grant_for     ON access_grant (for_account) WHERE for_account <> 0;

-- One row an account, counted up by each act on its grants: two acts on one account wait for one another.
CREATE TABLE access_account (
  account BIGINT NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL
) ${WITHOUT_ROWID};

-- +goose Down
DROP TABLE access_account;
DROP TABLE access_grant;
