-- Codes by which a village, or whoever raised an issue, answers without an account whether a promise was kept. The code is
-- printed once on the sheet that goes with the minutes; only its SHA-256 is kept. It belongs to a session (and so to every
-- promise of it) or to one promise, and to a place or to nobody by name. A new one ends the old one; rows stay.

-- +goose Up
-- +goose ENVSUB ON
CREATE TABLE promise_code (
  hash     TEXT   NOT NULL PRIMARY KEY,
  entry    BIGINT NOT NULL,
  holder   TEXT   NOT NULL CHECK (holder IN ('village_code', 'citizen_code')),
  place    TEXT   NOT NULL,
  actor    TEXT   NOT NULL,
  at_ms    BIGINT NOT NULL,
  ended_ms BIGINT NOT NULL,
  leaf     BIGINT NOT NULL
) ${WITHOUT_ROWID};
CREATE INDEX promise_code_entry ON promise_code (entry);
-- +goose ENVSUB OFF

-- +goose Down
DROP TABLE promise_code;
