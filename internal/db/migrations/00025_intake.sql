-- What citizens wrote and who they are, outside the ledger and sealed: each case has a key of its own (case_key), and
-- that key stands here only sealed by the installation's key, which is a file beside the database and never in it.
-- A case is the entry of a letter, of a part of a letter, or of a visit; case 0 is the installation's own.

-- +goose Up
-- +goose ENVSUB ON

-- wrapped is empty once the case was shredded; sealer is the fingerprint of the key that sealed it.
CREATE TABLE case_key (
  entry       BIGINT  NOT NULL PRIMARY KEY,
  wrapped     ${BYTES} NOT NULL,
  sealer      TEXT    NOT NULL,
  at_ms       BIGINT  NOT NULL,
  shredded_ms BIGINT  NOT NULL
) ${WITHOUT_ROWID};
CREATE INDEX case_key_sealer ON case_key (sealer);

-- What a letter says, every version. newest marks the last one.
CREATE TABLE dossier_text (
  entry   BIGINT  NOT NULL,
  version INTEGER NOT NULL,
  newest  BOOLEAN NOT NULL,
  sealed  ${BYTES} NOT NULL,
  actor   TEXT    NOT NULL,
  at_ms   BIGINT  NOT NULL,
  leaf    BIGINT  NOT NULL,
  PRIMARY KEY (entry, version)
);

-- Who sent it, every version. mark is the sealed keyed hash by which letters of one sender are suggested; it is empty
-- for denunciations. Being sealed, it cannot be grouped or counted in the database.
CREATE TABLE dossier_sender (
  entry   BIGINT  NOT NULL,
  version INTEGER NOT NULL,
  newest  BOOLEAN NOT NULL,
  sealed  ${BYTES} NOT NULL,
  mark    ${BYTES} NOT NULL,
  actor   TEXT    NOT NULL,
  at_ms   BIGINT  NOT NULL,
  leaf    BIGINT  NOT NULL,
  PRIMARY KEY (entry, version)
);

-- Each look at a sender. It is asked by letter, never by person.
CREATE TABLE sender_look (
  id     BIGINT  NOT NULL PRIMARY KEY,
  entry  BIGINT  NOT NULL,
  login  TEXT    NOT NULL,
  ground TEXT    NOT NULL,
  note   ${BYTES} NOT NULL,
  at_ms  BIGINT  NOT NULL,
  leaf   BIGINT  NOT NULL
);
CREATE INDEX sender_look_entry ON sender_look (entry);

-- Papers of a case: scans and files. about is sealed (name, type, size, note); hash and picture are the kept files,
-- which hold ciphertext only.
CREATE TABLE dossier_paper (
  entry   BIGINT  NOT NULL,
  n       INTEGER NOT NULL,
  about   ${BYTES} NOT NULL,
  hash    TEXT    NOT NULL,
  picture TEXT    NOT NULL,
  gone    BOOLEAN NOT NULL,
  actor   TEXT    NOT NULL,
  at_ms   BIGINT  NOT NULL,
  leaf    BIGINT  NOT NULL,
  PRIMARY KEY (entry, n)
);
-- +goose ENVSUB OFF

-- +goose Down
DROP TABLE dossier_paper;
DROP TABLE sender_look;
DROP TABLE dossier_sender;
DROP TABLE dossier_text;
DROP TABLE case_key;
