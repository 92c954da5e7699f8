-- Who signs in: accounts, second factors, sessions, and the tries that failed. Moments are UTC milliseconds, 0 for
-- never. Nothing here opens a session: of passwords, tokens and recovery codes only hashes are kept, secrets of
-- second factors are sealed with the key in the data directory.

-- +goose Up
-- +goose ENVSUB ON

-- An account is never deleted and its login never given to anybody else: acts name it.
CREATE TABLE account (
  id          BIGINT   NOT NULL PRIMARY KEY,
  login       TEXT     NOT NULL UNIQUE,
  name        TEXT     NOT NULL,
  email       TEXT     NOT NULL,
  fold        TEXT     NOT NULL,
  state       TEXT     NOT NULL CHECK (state IN ('active', 'disabled')),
  theme       TEXT     NOT NULL CHECK (theme IN ('', 'light', 'dark')),
  password    TEXT     NOT NULL,
  must_change BOOLEAN  NOT NULL,
  until_ms    BIGINT   NOT NULL,
  totp        ${BYTES} NOT NULL,
  totp_step   BIGINT   NOT NULL,
  locked_ms   BIGINT   NOT NULL,
  made_ms     BIGINT   NOT NULL,
  signed_ms   BIGINT   NOT NULL
);

-- Recovery codes of the second factor, by their SHA-256.
CREATE TABLE account_recovery (
  account BIGINT   NOT NULL,
  hash    ${BYTES} NOT NULL,
  used_ms BIGINT   NOT NULL,
  PRIMARY KEY (account, hash)
) ${WITHOUT_ROWID};

-- Who an account is at a provider of sign-in (OpenID Connect).
CREATE TABLE account_subject (
  issuer  TEXT   NOT NULL,
  subject TEXT   NOT NULL,
  account BIGINT NOT NULL,
  made_ms BIGINT NOT NULL,
  PRIMARY KEY (issuer, subject)
) ${WITHOUT_ROWID};
CREATE INDEX account_subject_account ON account_subject (account);

-- One browser that signed in, by the SHA-256 of the token in its cookie. previous is the token that was replaced a
-- moment ago: requests that were on their way still carry it. rights is a digest of what the person might do then.
CREATE TABLE session (
  id          BIGINT   NOT NULL PRIMARY KEY,
  hash        ${BYTES} NOT NULL UNIQUE,
  previous    ${BYTES} NOT NULL,
  previous_ms BIGINT   NOT NULL,
  account     BIGINT   NOT NULL,
  proved      BOOLEAN  NOT NULL,
  rights      TEXT     NOT NULL,
  made_ms     BIGINT   NOT NULL,
  seen_ms     BIGINT   NOT NULL,
  ends_ms     BIGINT   NOT NULL,
  address     TEXT     NOT NULL,
  device      TEXT     NOT NULL
);
CREATE INDEX session_account  ON session (account);
CREATE INDEX session_previous ON session (previous);
CREATE INDEX session_ends     ON session (ends_ms);

-- Tries to sign in that failed, by a keyed hash of the login or of the network address.
CREATE TABLE sign_in_try (
  key      ${BYTES} NOT NULL PRIMARY KEY,
  fails    BIGINT   NOT NULL,
  last_ms  BIGINT   NOT NULL,
  until_ms BIGINT   NOT NULL
) ${WITHOUT_ROWID};
CREATE INDEX sign_in_try_last ON sign_in_try (last_ms);

-- +goose ENVSUB OFF

-- +goose Down
DROP TABLE sign_in_try;
DROP TABLE session;
DROP TABLE account_subject;
DROP TABLE account_recovery;
DROP TABLE account;
