-- Editions of the catalogue under which entries were recorded, by the hash of their bundle. A row never changes:
-- old entries are recomputed from the edition that they name.

-- +goose Up
CREATE TABLE edition (
    hash     TEXT     NOT NULL PRIMARY KEY,
    code     TEXT     NOT NULL,
    day_from INTEGER  NOT NULL,
    bundle   ${BYTES} NOT NULL
);

-- +goose Down
DROP TABLE edition;
