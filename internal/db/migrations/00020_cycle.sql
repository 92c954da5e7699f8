-- The report cycle: what a unit owes by one template for one period, what it wrote around the figures, and each act on
-- it with the report as it was printed then.

-- +goose Up
-- +goose ENVSUB ON

-- The head of a filing as it stands. unit is what the report is about; body is who answers for it and files (the
-- board of the commune), the unit itself where it is a body. version grows with each act, revision with each
-- saving of a text. entry is the entry of the ledger that says that it was filed. standing is the version that was
-- issued last, also while an amended one is being written.
CREATE TABLE filing (
    id          BIGINT  NOT NULL PRIMARY KEY,
    unit        BIGINT  NOT NULL,
    body        BIGINT  NOT NULL,
    template    TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    type        TEXT    NOT NULL,
    field       TEXT    NOT NULL,
    period_from INTEGER NOT NULL,
    period_to   INTEGER NOT NULL,
    period_code TEXT    NOT NULL,
    period_name TEXT    NOT NULL,
    regime      TEXT    NOT NULL,
    duty        TEXT,
    due         INTEGER,
    basis       TEXT    NOT NULL,
    status      TEXT    NOT NULL CHECK (status IN ('all', 'confirmed')),
    state       TEXT    NOT NULL CHECK (state IN ('open', 'filed', 'returned', 'accepted', 'issued', 'nil', 'withdrawn')),
    accepted    BOOLEAN NOT NULL,
    version     INTEGER NOT NULL,
    revision    BIGINT  NOT NULL,
    filed_on    INTEGER,
    standing    INTEGER,
    entry       BIGINT,
    seen_ms     BIGINT,
    opened_by   TEXT    NOT NULL,
    at_ms       BIGINT  NOT NULL,
    UNIQUE (unit, template, period_from, period_to)
) ${WITHOUT_ROWID};
CREATE INDEX filing_period ON filing (template, period_from, period_to);
CREATE INDEX filing_body   ON filing (body, period_to);

-- Every act in full, under one leaf. texts is what the office wrote, by section, as it stood then; content is the report
-- as printed (gzip of its JSON), hash the SHA-256 of that JSON (hex).
CREATE TABLE filing_version (
    filing      BIGINT  NOT NULL,
    version     INTEGER NOT NULL,
    act         TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    texts       TEXT    NOT NULL,
    content     ${BYTES},
    hash        TEXT    NOT NULL,
    number      TEXT    NOT NULL,
    signed_on   INTEGER,
    signer      TEXT    NOT NULL,
    signer_post TEXT    NOT NULL,
    remark      TEXT    NOT NULL,
    actor       TEXT    NOT NULL,
    at_ms       BIGINT  NOT NULL,
    leaf        BIGINT  NOT NULL,
    PRIMARY KEY (filing, version)
) ${WITHOUT_ROWID};
CREATE INDEX filing_version_hash ON filing_version (hash);

-- What the office writes, by section. The last version of a section is the one that stands; older ones are kept.
-- Savings that one person makes one after the other are one version.
CREATE TABLE filing_text (
    filing  BIGINT  NOT NULL,
    section TEXT    NOT NULL,
    version INTEGER NOT NULL,
    body    TEXT    NOT NULL,
    actor   TEXT    NOT NULL,
    at_ms   BIGINT  NOT NULL,
    last    BOOLEAN NOT NULL,
    PRIMARY KEY (filing, section, version)
) ${WITHOUT_ROWID};

-- +goose ENVSUB OFF

-- +goose Down
DROP TABLE filing_text;
DROP TABLE filing_version;
DROP TABLE filing;
