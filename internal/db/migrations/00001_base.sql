-- The floor under every other table: settings, ids, answers already given.
-- Words in ${} are filled in for each engine by dialect.go.

-- +goose Up
CREATE TABLE meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) ${WITHOUT_ROWID};

-- next is the first id not yet given out under that name.
CREATE TABLE id_counter (
    name TEXT   NOT NULL PRIMARY KEY,
    next BIGINT NOT NULL
) ${WITHOUT_ROWID};

-- One row for each write that carried an idempotency key: what was asked
-- (digest) and what was answered, so that asking again gives the same answer.
CREATE TABLE idempotency (
    key    TEXT    NOT NULL PRIMARY KEY,
    digest ${BYTES} NOT NULL,
    answer ${BYTES} NOT NULL,
    at_ms  BIGINT  NOT NULL
);
CREATE INDEX idempotency_at ON idempotency (at_ms);

${SEQUENCES}

-- +goose Down
DROP TABLE idempotency;
DROP TABLE id_counter;
DROP TABLE meta;
