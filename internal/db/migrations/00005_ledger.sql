-- The ledger: what was recorded (entry, entry_version), what it adds up to (fact), and the sums that
-- figures read (total_year, total_bucket). Nothing here is overwritten but the head row of an entry
-- and the totals, and `danvan verify` recomputes both from the rest.
-- Days are integers yyyymmdd, moments UTC milliseconds, values integers in the series' smallest unit.

-- +goose Up
-- +goose ENVSUB ON

-- A series with one canonical set of labels ("a=x;b=y"). role 'partner' holds what bodies did as partners
-- of somebody else's event: read for that body alone, never added to anything.
CREATE TABLE series_key (
  id     BIGINT NOT NULL PRIMARY KEY,
  code   TEXT   NOT NULL,
  labels TEXT   NOT NULL,
  role   TEXT   NOT NULL CHECK (role IN ('lead', 'partner')),
  UNIQUE (code, labels, role)
);

-- One import or generated set, so that it can be voided as a whole.
CREATE TABLE batch (
  id      BIGINT NOT NULL PRIMARY KEY,
  name    TEXT   NOT NULL,
  actor   TEXT   NOT NULL,
  at_ms   BIGINT NOT NULL,
  entries BIGINT NOT NULL,
  undone  BOOLEAN NOT NULL
);

-- The head of an entry: its last version, for lists. key is the client's idempotency key.
CREATE TABLE entry (
  id      BIGINT  NOT NULL PRIMARY KEY,
  key     TEXT    NOT NULL UNIQUE,
  kind    TEXT    NOT NULL,
  unit    BIGINT  NOT NULL,
  place   BIGINT  NOT NULL,
  day     INTEGER NOT NULL,
  state   TEXT    NOT NULL CHECK (state IN ('recorded', 'confirmed', 'void')),
  version INTEGER NOT NULL,
  edition TEXT    NOT NULL,
  title   TEXT    NOT NULL,
  fold    TEXT    NOT NULL,
  carries BIGINT,
  batch   BIGINT,
  at_ms   BIGINT  NOT NULL
) ${WITHOUT_ROWID};
CREATE INDEX entry_kind  ON entry (kind, day);
CREATE INDEX entry_unit  ON entry (unit, day);
CREATE INDEX entry_place ON entry (place, day);
CREATE INDEX entry_carries ON entry (carries) WHERE carries IS NOT NULL;
CREATE INDEX entry_batch   ON entry (batch)   WHERE batch IS NOT NULL;

-- Every version in full, under one leaf of the audit log.
CREATE TABLE entry_version (
  entry     BIGINT  NOT NULL,
  version   INTEGER NOT NULL,
  act       TEXT    NOT NULL CHECK (act IN ('record', 'amend', 'void', 'confirm')),
  state     TEXT    NOT NULL CHECK (state IN ('recorded', 'confirmed', 'void')),
  edition   TEXT    NOT NULL,
  unit      BIGINT  NOT NULL,
  place     BIGINT  NOT NULL,
  day       INTEGER NOT NULL,
  fields    TEXT    NOT NULL,
  partners  TEXT    NOT NULL,
  files     TEXT    NOT NULL,
  carries   BIGINT,
  reason    TEXT    NOT NULL,
  actor     TEXT    NOT NULL,
  at_ms     BIGINT  NOT NULL,
  leaf      BIGINT  NOT NULL,
  PRIMARY KEY (entry, version)
) ${WITHOUT_ROWID};

-- Append-only. unit is the body or the place, as the series' axis says. n is 1 for a fact and -1 for its
-- opposite, so that a zero that was reported differs from nothing; c_value and c_n are the confirmed part. id is
-- leaf * 16384 + the fact's place in its version.
CREATE TABLE fact (
  id      BIGINT  NOT NULL,
  entry   BIGINT  NOT NULL,
  version INTEGER NOT NULL,
  series  BIGINT  NOT NULL,
  unit    BIGINT  NOT NULL,
  day     INTEGER NOT NULL,
  by_day  INTEGER,
  value   BIGINT  NOT NULL,
  n       INTEGER NOT NULL,
  c_value BIGINT  NOT NULL,
  c_n     INTEGER NOT NULL,
  leaf    BIGINT  NOT NULL,
  PRIMARY KEY (series, unit, day, id)
) ${WITHOUT_ROWID};
CREATE INDEX fact_entry ON fact (entry);

-- Sums of facts at the base unit's era only, never at ancestors.
CREATE TABLE total_year (
  series  BIGINT  NOT NULL,
  era     BIGINT  NOT NULL,
  year    INTEGER NOT NULL,
  value   BIGINT  NOT NULL,
  n       BIGINT  NOT NULL,
  c_value BIGINT  NOT NULL,
  c_n     BIGINT  NOT NULL,
  PRIMARY KEY (series, era, year)
) ${WITHOUT_ROWID};

-- bucket = yyyymm*10 + k: k 1 is days 1-14, 2 the 15th, 3 the 16th to the end, so that windows that turn
-- on the 14th, on the 15th or at the month's end are exact sums.
CREATE TABLE total_bucket (
  series  BIGINT  NOT NULL,
  era     BIGINT  NOT NULL,
  bucket  INTEGER NOT NULL,
  value   BIGINT  NOT NULL,
  n       BIGINT  NOT NULL,
  c_value BIGINT  NOT NULL,
  c_n     BIGINT  NOT NULL,
  PRIMARY KEY (series, era, bucket)
) ${WITHOUT_ROWID};

-- +goose ENVSUB OFF

-- +goose Down
DROP TABLE total_bucket;
DROP TABLE total_year;
DROP TABLE fact;
DROP TABLE entry_version;
DROP TABLE entry;
DROP TABLE batch;
DROP TABLE series_key;
