-- What people send from the portal before an office takes it in. The text and the sender are a dossier of their own
-- (tables dossier_text, dossier_sender) whose case is the sending's number below zero; it is shredded once a letter has
-- taken its place. Moments are UTC milliseconds, days yyyymmdd, 0 for none.

-- +goose Up
-- +goose ENVSUB ON

-- once is the SHA-256 of the form's secret key, by which a form that is sent twice is known; code the SHA-256 of the
-- secret code; said a keyed hash of what was sent. files is the sealed list of files with the keys that open them.
CREATE TABLE sending (
  id      BIGINT   NOT NULL PRIMARY KEY,
  number  TEXT     NOT NULL UNIQUE,
  code    ${BYTES} NOT NULL,
  once    ${BYTES} NOT NULL,
  said    ${BYTES} NOT NULL,
  at_ms   BIGINT   NOT NULL,
  day     INTEGER  NOT NULL,
  unit    BIGINT   NOT NULL,
  place   BIGINT   NOT NULL,
  topic   TEXT     NOT NULL,
  class   TEXT     NOT NULL,
  named   BOOLEAN  NOT NULL,
  behalf  TEXT     NOT NULL CHECK (behalf IN ('', 'desk', 'village')),
  actor   TEXT     NOT NULL,
  papers  INTEGER  NOT NULL,
  files   ${BYTES} NOT NULL,
  state   TEXT     NOT NULL CHECK (state IN ('new', 'taken', 'refused')),
  entry   BIGINT   NOT NULL,
  leaf    BIGINT   NOT NULL
);
CREATE UNIQUE INDEX sending_once ON sending (once);
CREATE INDEX sending_unit ON sending (unit, state, id);
CREATE INDEX sending_entry ON sending (entry) WHERE entry <> 0;

-- Public numbers of a year, PA-2026-000123.
CREATE TABLE sending_count (
  year INTEGER NOT NULL PRIMARY KEY,
  last BIGINT  NOT NULL
);

-- What an office did with a sending: forwarded, refused, refusal undone, taken in. note is sealed with the case.
CREATE TABLE sending_act (
  id      BIGINT   NOT NULL PRIMARY KEY,
  sending BIGINT   NOT NULL,
  act     TEXT     NOT NULL CHECK (act IN ('forward', 'refuse', 'undo', 'take')),
  ground  TEXT     NOT NULL,
  unit    BIGINT   NOT NULL,
  actor   TEXT     NOT NULL,
  at_ms   BIGINT   NOT NULL,
  note    ${BYTES} NOT NULL,
  leaf    BIGINT   NOT NULL
);
CREATE INDEX sending_act_of ON sending_act (sending);

-- A denunciation from the portal: an age file for the officers of the confidential unit, which the server cannot open.
-- keys are the numbers of the keys in sealed_key that it was closed for.
CREATE TABLE sending_sealed (
  id      BIGINT   NOT NULL PRIMARY KEY,
  number  TEXT     NOT NULL UNIQUE,
  code    ${BYTES} NOT NULL,
  once    ${BYTES} NOT NULL,
  at_ms   BIGINT   NOT NULL,
  day     INTEGER  NOT NULL,
  office  BIGINT   NOT NULL,
  keys    TEXT     NOT NULL,
  papers  INTEGER  NOT NULL,
  body    ${BYTES} NOT NULL,
  state   TEXT     NOT NULL CHECK (state IN ('new', 'taken', 'refused')),
  entry   BIGINT   NOT NULL,
  leaf    BIGINT   NOT NULL
);
CREATE UNIQUE INDEX sending_sealed_once ON sending_sealed (once);
CREATE INDEX sending_sealed_office ON sending_sealed (office, state, id);
CREATE INDEX sending_sealed_entry ON sending_sealed (entry) WHERE entry <> 0;

-- Files of a form that is still being filled in (sending 0: parked until ends_ms) and of what was sent (owner says of
-- which table). id is the SHA-256 of the token that the form carries; body is ciphertext: under a key made from that
-- token, or an age file for the confidential unit.
CREATE TABLE sending_file (
  id      TEXT     NOT NULL PRIMARY KEY,
  owner   TEXT     NOT NULL CHECK (owner IN ('parked', 'parked_sealed', 'sending', 'sealed')),
  sending BIGINT   NOT NULL,
  ends_ms BIGINT   NOT NULL,
  size    BIGINT   NOT NULL,
  body    ${BYTES} NOT NULL
);
CREATE INDEX sending_file_of ON sending_file (sending, owner);
CREATE INDEX sending_file_ends ON sending_file (ends_ms);
-- +goose ENVSUB OFF

-- +goose Down
DROP TABLE sending_file;
DROP TABLE sending_sealed;
DROP TABLE sending_act;
DROP TABLE sending_count;
DROP TABLE sending;
