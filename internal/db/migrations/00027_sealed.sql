-- Sealed identities of denouncers. Nothing here can be read by the server: body and inner are age files for keys whose
-- private halves are on the devices of their holders. Moments are UTC milliseconds, 0 for never; days yyyymmdd.

-- +goose Up
-- +goose ENVSUB ON

-- The legal approval under which an office keeps identities here; off_ms ends it. No row, or all ended: paper only.
CREATE TABLE sealed_office (
  id          BIGINT  NOT NULL PRIMARY KEY,
  unit        BIGINT  NOT NULL,
  document    TEXT    NOT NULL,
  document_on INTEGER NOT NULL,
  issuer      TEXT    NOT NULL,
  scope       TEXT    NOT NULL,
  signer      TEXT    NOT NULL,
  on_ms       BIGINT  NOT NULL,
  on_by       TEXT    NOT NULL,
  off_ms      BIGINT  NOT NULL,
  off_by      TEXT    NOT NULL,
  off_reason  TEXT    NOT NULL,
  on_leaf     BIGINT  NOT NULL,
  off_leaf    BIGINT  NOT NULL
) ${WITHOUT_ROWID};
CREATE UNIQUE INDEX sealed_office_on ON sealed_office (unit) WHERE off_ms = 0;

-- Public keys. answer is the SHA-256 of the random bytes that the holder must read out of the challenge. A key that has
-- ended (rotated, lost, left) stays, for records that it closed.
CREATE TABLE sealed_key (
  id         BIGINT   NOT NULL PRIMARY KEY,
  unit       BIGINT   NOT NULL,
  half       TEXT     NOT NULL CHECK (half IN ('custodian', 'officer')),
  account    BIGINT   NOT NULL,
  recipient  TEXT     NOT NULL UNIQUE,
  state      TEXT     NOT NULL CHECK (state IN ('new', 'proved', 'active', 'rotated', 'lost', 'left')),
  challenge  ${BYTES} NOT NULL,
  answer     ${BYTES} NOT NULL,
  made_ms    BIGINT   NOT NULL,
  proved_ms  BIGINT   NOT NULL,
  active_ms  BIGINT   NOT NULL,
  confirmed  BIGINT   NOT NULL,
  ended_ms   BIGINT   NOT NULL,
  end_reason TEXT     NOT NULL,
  made_leaf  BIGINT   NOT NULL,
  from_leaf  BIGINT   NOT NULL,
  end_leaf   BIGINT   NOT NULL
) ${WITHOUT_ROWID};
CREATE INDEX sealed_key_unit    ON sealed_key (unit);
CREATE INDEX sealed_key_account ON sealed_key (account);

-- One record a case, whatever is in it. outer_keys and inner_keys are the numbers of the keys that it was sealed to.
CREATE TABLE sealed_record (
  entry      BIGINT   NOT NULL PRIMARY KEY,
  unit       BIGINT   NOT NULL,
  code       TEXT     NOT NULL,
  version    INTEGER  NOT NULL,
  outer_keys TEXT     NOT NULL,
  inner_keys TEXT     NOT NULL,
  body       ${BYTES} NOT NULL
);
CREATE INDEX sealed_record_unit ON sealed_record (unit);

-- A request to open. inner is there between release and fetching alone; fetch_key is the form that fetched it, so that
-- a form sent twice is answered twice.
CREATE TABLE sealed_opening (
  id         BIGINT   NOT NULL PRIMARY KEY,
  entry      BIGINT   NOT NULL,
  unit       BIGINT   NOT NULL,
  code       TEXT     NOT NULL,
  version    INTEGER  NOT NULL,
  purpose    TEXT     NOT NULL CHECK (purpose IN ('read', 'reseal')),
  reason     TEXT     NOT NULL,
  state      TEXT     NOT NULL CHECK (state IN ('asked', 'released', 'refused', 'fetched', 'expired')),
  asked_by   BIGINT   NOT NULL,
  asked_ms   BIGINT   NOT NULL,
  ends_ms    BIGINT   NOT NULL,
  decided_by BIGINT   NOT NULL,
  decided_ms BIGINT   NOT NULL,
  refusal    TEXT     NOT NULL,
  fetched_ms BIGINT   NOT NULL,
  fetch_key  TEXT     NOT NULL,
  inner_file ${BYTES} NOT NULL,
  ask_leaf    BIGINT  NOT NULL,
  decide_leaf BIGINT  NOT NULL,
  fetch_leaf  BIGINT  NOT NULL
);
CREATE INDEX sealed_opening_unit  ON sealed_opening (unit, asked_ms);
CREATE INDEX sealed_opening_entry ON sealed_opening (entry);

-- Redaction of a case's working copy: who made it, what exactly (digest), and who checked just that.
CREATE TABLE sealed_redaction (
  entry      BIGINT NOT NULL PRIMARY KEY,
  unit       BIGINT NOT NULL,
  digest     TEXT   NOT NULL,
  by_account BIGINT NOT NULL,
  at_ms      BIGINT NOT NULL,
  checked_by BIGINT NOT NULL,
  checked_ms BIGINT NOT NULL,
  made_leaf  BIGINT NOT NULL,
  check_leaf BIGINT NOT NULL
) ${WITHOUT_ROWID};
-- +goose ENVSUB OFF

-- +goose Down
DROP TABLE sealed_redaction;
DROP TABLE sealed_opening;
DROP TABLE sealed_record;
DROP TABLE sealed_key;
DROP TABLE sealed_office;
