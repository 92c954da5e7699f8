-- Attachments on their way: who uploaded which file, before an entry names it. Nobody attaches what he has not
-- uploaded himself, whatever hash he sends.

-- +goose Up
-- +goose ENVSUB ON
CREATE TABLE upload (
    login TEXT   NOT NULL,
    hash  TEXT   NOT NULL,
    name  TEXT   NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (login, hash)
) ${WITHOUT_ROWID};
CREATE INDEX upload_at ON upload (at_ms);

-- Small pictures that we drew ourselves, by the file that they show.
CREATE TABLE file_picture (
    hash    TEXT NOT NULL PRIMARY KEY,
    picture TEXT NOT NULL
) ${WITHOUT_ROWID};
-- +goose ENVSUB OFF

-- +goose Down
DROP TABLE file_picture;
DROP TABLE upload;
