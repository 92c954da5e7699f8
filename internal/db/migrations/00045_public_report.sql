-- Issued reports that their office has shown to everybody, turn by turn: shown, taken back, shown again.

-- +goose Up
-- +goose ENVSUB ON

-- act is publish or unpublish; version is the issued version of the filing. content is the public copy (gzip of its JSON)
-- where it says less than what was issued; NULL where both are the same, or where it was taken back. hash is the SHA-256
-- (hex) of what everybody may hold against the log; closed counts the figures that were left out.
CREATE TABLE filing_public (
    filing  BIGINT  NOT NULL,
    turn    INTEGER NOT NULL,
    version INTEGER NOT NULL,
    act     TEXT    NOT NULL CHECK (act IN ('publish', 'unpublish')),
    content ${BYTES},
    hash    TEXT    NOT NULL,
    closed  INTEGER NOT NULL,
    remark  TEXT    NOT NULL,
    actor   TEXT    NOT NULL,
    at_ms   BIGINT  NOT NULL,
    leaf    BIGINT  NOT NULL,
    PRIMARY KEY (filing, turn)
) ${WITHOUT_ROWID};
CREATE INDEX filing_public_hash ON filing_public (hash);

-- +goose ENVSUB OFF

-- +goose Down
DROP TABLE filing_public;
