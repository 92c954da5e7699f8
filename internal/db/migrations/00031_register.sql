-- The register of letters: each body numbers the letters of a year without gaps, and each letter has a code that its
-- sender may be told. The entry carries both; these rows keep them unique and lead from a code to the letter.

-- +goose Up
-- +goose ENVSUB ON

-- last is the last number given by a body in a year; unit 0 counts the public codes of the installation.
CREATE TABLE register_count (
  unit BIGINT  NOT NULL,
  year INTEGER NOT NULL,
  last BIGINT  NOT NULL,
  PRIMARY KEY (unit, year)
) ${WITHOUT_ROWID};

CREATE TABLE register_line (
  unit   BIGINT  NOT NULL,
  year   INTEGER NOT NULL,
  number BIGINT  NOT NULL,
  code   TEXT    NOT NULL UNIQUE,
  entry  BIGINT  NOT NULL UNIQUE,
  PRIMARY KEY (unit, year, number)
);
-- +goose ENVSUB OFF

-- +goose Down
DROP TABLE register_line;
DROP TABLE register_count;
