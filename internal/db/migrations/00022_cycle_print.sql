-- Documents that were made from printed versions of reports, kept in the file store by their hash.

-- +goose Up
-- +goose ENVSUB ON
CREATE TABLE filing_print (
    filing  BIGINT  NOT NULL,
    version INTEGER NOT NULL,
    form    TEXT    NOT NULL,
    file    TEXT    NOT NULL,
    at_ms   BIGINT  NOT NULL,
    PRIMARY KEY (filing, version, form)
) ${WITHOUT_ROWID};
CREATE INDEX filing_print_file ON filing_print (file);
-- +goose ENVSUB OFF

-- +goose Down
DROP TABLE filing_print;
