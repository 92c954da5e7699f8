-- The log of acts, background work, attachments.

-- +goose Up
-- One leaf for each act, written in the act's own transaction. idx is its
-- place in the Merkle log; the sequencer gives it afterwards, so that writers
-- never wait for one another. at_ms is the moment --as-of asks about.
CREATE TABLE audit_leaf (
    id         BIGINT  NOT NULL PRIMARY KEY,
    idx        BIGINT,
    at_ms      BIGINT  NOT NULL,
    act        TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    subject_id BIGINT  NOT NULL,
    actor      TEXT    NOT NULL,
    hash       ${BYTES} NOT NULL
) ${WITHOUT_ROWID};
-- A leaf without a place stands in one of these indexes, a leaf with a place in the other.
CREATE UNIQUE INDEX audit_leaf_idx ON audit_leaf (idx) WHERE idx IS NOT NULL;
CREATE INDEX audit_leaf_waiting ON audit_leaf (id) WHERE idx IS NULL;

-- The stored hashes of the tree (RFC 6962), in the order of
-- golang.org/x/mod/sumdb/tlog: 256 of them in a row, 32 bytes each; the last
-- row is still growing.
CREATE TABLE audit_hash (
    tile   BIGINT  NOT NULL PRIMARY KEY,
    hashes ${BYTES} NOT NULL
);

-- Signed statements "the log had this size and this root at this moment".
CREATE TABLE checkpoint (
    size  BIGINT NOT NULL PRIMARY KEY,
    root  TEXT   NOT NULL,
    at_ms BIGINT NOT NULL,
    note  TEXT   NOT NULL
);

-- Background work. state: waiting, running (until lease_ms), done, dead.
CREATE TABLE job (
    id       BIGINT  NOT NULL PRIMARY KEY,
    kind     TEXT    NOT NULL,
    payload  TEXT    NOT NULL,
    state    TEXT    NOT NULL,
    run_ms   BIGINT  NOT NULL,
    lease_ms BIGINT  NOT NULL,
    attempts BIGINT  NOT NULL,
    worker   TEXT    NOT NULL,
    error    TEXT    NOT NULL,
    at_ms    BIGINT  NOT NULL,
    done_ms  BIGINT
);
CREATE INDEX job_due ON job (run_ms, id) WHERE state = 'waiting';
CREATE INDEX job_leased ON job (lease_ms) WHERE state = 'running';
CREATE INDEX job_done ON job (done_ms) WHERE state = 'done';

-- Attachments, known by the SHA-256 of their content (hex).
CREATE TABLE file (
    hash  TEXT   NOT NULL PRIMARY KEY,
    size  BIGINT NOT NULL,
    mime  TEXT   NOT NULL,
    at_ms BIGINT NOT NULL
);

-- +goose Down
DROP TABLE file;
DROP TABLE job;
DROP TABLE checkpoint;
DROP TABLE audit_hash;
DROP TABLE audit_leaf;
