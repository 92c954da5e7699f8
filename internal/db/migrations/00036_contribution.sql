-- Receipts of what people give to works: each body numbers those of a year without gaps. The gift is an entry; a void one
-- keeps its number. Balances are not kept: they follow from the entries.

-- +goose Up
-- +goose ENVSUB ON
CREATE TABLE contribution_receipt_count (
  unit BIGINT  NOT NULL,
  year INTEGER NOT NULL,
  last BIGINT  NOT NULL,
  PRIMARY KEY (unit, year)
) ${WITHOUT_ROWID};

CREATE TABLE contribution_receipt (
  unit   BIGINT  NOT NULL,
  year   INTEGER NOT NULL,
  number BIGINT  NOT NULL,
  entry  BIGINT  NOT NULL UNIQUE,
  PRIMARY KEY (unit, year, number)
);
-- +goose ENVSUB OFF

-- +goose Down
DROP TABLE contribution_receipt;
DROP TABLE contribution_receipt_count;
