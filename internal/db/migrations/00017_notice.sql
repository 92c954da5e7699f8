-- Reminders: what they say follows from duties, tasks and verdicts and is not kept. Kept is what each person chose
-- (notice_setting), put off (notice_later), was told by mail (notice_told), and the mail that is to be sent (mail).

-- +goose Up
-- +goose ENVSUB ON

-- how: off, daily, weekly, each. at_minute is the minute of the day of the digest; quiet_from and quiet_to bound the
-- hours without mail (equal: none). topics is a comma list of those that are not wanted.
CREATE TABLE notice_setting (
  account    BIGINT  NOT NULL PRIMARY KEY,
  how        TEXT    NOT NULL CHECK (how IN ('off', 'daily', 'weekly', 'each')),
  at_minute  INTEGER NOT NULL,
  quiet_from INTEGER NOT NULL,
  quiet_to   INTEGER NOT NULL,
  days_off   BOOLEAN NOT NULL,
  unwanted   TEXT    NOT NULL,
  ahead      INTEGER NOT NULL,
  at_ms      BIGINT  NOT NULL
) ${WITHOUT_ROWID};

-- A reminder that a person has put off until a day.
CREATE TABLE notice_later (
  account BIGINT  NOT NULL,
  key     TEXT    NOT NULL,
  until   INTEGER NOT NULL,
  PRIMARY KEY (account, key)
) ${WITHOUT_ROWID};

-- What a mail has told: a reminder is told again only when its stage has moved on.
CREATE TABLE notice_told (
  account BIGINT NOT NULL,
  key     TEXT   NOT NULL,
  stage   TEXT   NOT NULL,
  at_ms   BIGINT NOT NULL,
  PRIMARY KEY (account, key)
) ${WITHOUT_ROWID};

-- Mail to be sent. key makes a digest one a day; message_id stays the same through all tries.
CREATE TABLE mail (
  id         BIGINT  NOT NULL PRIMARY KEY,
  key        TEXT    NOT NULL UNIQUE,
  account    BIGINT  NOT NULL,
  address    TEXT    NOT NULL,
  subject    TEXT    NOT NULL,
  body       TEXT    NOT NULL,
  message_id TEXT    NOT NULL,
  state      TEXT    NOT NULL CHECK (state IN ('waiting', 'sent', 'refused')),
  tries      INTEGER NOT NULL,
  error      TEXT    NOT NULL,
  at_ms      BIGINT  NOT NULL,
  due_ms     BIGINT  NOT NULL,
  sent_ms    BIGINT  NOT NULL
);
CREATE INDEX mail_at ON mail (at_ms);

-- +goose ENVSUB OFF

-- +goose Down
DROP TABLE mail;
DROP TABLE notice_told;
DROP TABLE notice_later;
DROP TABLE notice_setting;
