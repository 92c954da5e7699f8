-- Forms that were typed and not saved yet, and files on their way in parts. Both are short-lived and belong to one
-- account; nothing of them is searched, exported, logged or counted.

-- +goose Up
-- +goose ENVSUB ON

-- form is the form as a browser sends it, "a=x&b=y" in the order of the names. key is the form's own: the entry that
-- is saved from it carries the same, so that it is saved once. Two rows of one key are two windows that did not know
-- of one another; win names the window that kept it last. entry is what it amends, 0 for a new entry. saved is the entry that it became, 0 while it is none;
-- then form is empty, and the row is only kept to lead there.
CREATE TABLE draft (
  id      BIGINT  NOT NULL PRIMARY KEY,
  account BIGINT  NOT NULL,
  key     TEXT    NOT NULL,
  kind    TEXT    NOT NULL,
  entry   BIGINT  NOT NULL,
  form    TEXT    NOT NULL,
  version INTEGER NOT NULL,
  win     TEXT    NOT NULL,
  saved   BIGINT  NOT NULL,
  at_ms   BIGINT  NOT NULL,
  ends_ms BIGINT  NOT NULL
) ${WITHOUT_ROWID};
CREATE INDEX draft_account ON draft (account, at_ms);
CREATE INDEX draft_ends    ON draft (ends_ms);

-- One row an account, counted up by each change of its drafts: two windows at once wait for one another.
CREATE TABLE draft_hold (
  account BIGINT NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL
) ${WITHOUT_ROWID};

-- A file that comes in parts: how long it will be. How much of it is there is the length of its file on the disk.
-- hash and kept are the attachment that it became, hash empty while it is none.
CREATE TABLE file_part (
  id      TEXT   NOT NULL PRIMARY KEY,
  account BIGINT NOT NULL,
  name    TEXT   NOT NULL,
  size    BIGINT NOT NULL,
  hash    TEXT   NOT NULL,
  ends_ms BIGINT NOT NULL
) ${WITHOUT_ROWID};
CREATE INDEX file_part_ends    ON file_part (ends_ms);
CREATE INDEX file_part_account ON file_part (account);
-- +goose ENVSUB OFF

-- +goose Down
DROP TABLE file_part;
DROP TABLE draft_hold;
DROP TABLE draft;
