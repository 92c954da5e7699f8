-- Who works on a case now, and letters on their way from one body to another. What was done stands in the entries;
-- here is only what must be known to go on: no history of a person's work is kept.

-- +goose Up
-- +goose ENVSUB ON
CREATE TABLE letter_hand (
    entry   BIGINT NOT NULL,
    role    TEXT   NOT NULL, -- officer, verifier
    account BIGINT NOT NULL,
    given_by TEXT  NOT NULL,
    at_ms   BIGINT NOT NULL,
    PRIMARY KEY (entry, role)
) ${WITHOUT_ROWID};
CREATE INDEX letter_hand_account ON letter_hand (account);

CREATE TABLE letter_transfer (
    entry   BIGINT  NOT NULL PRIMARY KEY, -- the letter that was transferred: once
    unit    BIGINT  NOT NULL,             -- the body that is to confirm
    on_day  INTEGER NOT NULL,
    sent_by TEXT    NOT NULL,
    at_ms   BIGINT  NOT NULL,
    got     BIGINT,                       -- its own letter, once it confirmed
    got_number TEXT NOT NULL DEFAULT '',
    got_on  INTEGER NOT NULL DEFAULT 0,
    got_by  TEXT    NOT NULL DEFAULT ''
) ${WITHOUT_ROWID};
CREATE INDEX letter_transfer_unit ON letter_transfer (unit);
CREATE INDEX letter_transfer_got ON letter_transfer (got);
-- +goose ENVSUB OFF

-- +goose Down
DROP TABLE letter_transfer;
DROP TABLE letter_hand;
