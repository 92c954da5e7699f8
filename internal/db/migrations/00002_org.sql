-- Units in time. Stored as truth: the units of the first load (org_unit rows with floor), the acts (org_change
-- and its sources) and the rules by which bodies exist (body_rule). Numbers of units and eras are kept here;
-- what a unit was, when, and under whom is derived in memory from the truth.

-- +goose Up
-- One row for every (code, day opened) that ever had a number. live says whether the present history has it:
-- a number is never given to another unit, also when the act that opened it was undone.
CREATE TABLE org_unit (
    id       BIGINT  NOT NULL PRIMARY KEY,
    code     TEXT    NOT NULL,
    opened   INTEGER NOT NULL,
    live     BOOLEAN NOT NULL,
    floor    BOOLEAN NOT NULL,
    name     TEXT    NOT NULL,
    type     TEXT    NOT NULL,
    level    TEXT    NOT NULL,
    parent   TEXT    NOT NULL,
    inferred BOOLEAN NOT NULL,
    no_data  INTEGER NOT NULL, -- no records before this day; 0: all are here
    status   TEXT    NOT NULL,
    source   TEXT    NOT NULL,
    note     TEXT    NOT NULL,
    UNIQUE (code, opened)
);

-- One act on one target. An undone act stays, with the moment and the leaf of its undoing.
CREATE TABLE org_change (
    id          BIGINT  NOT NULL PRIMARY KEY,
    content_key TEXT    NOT NULL,
    day         INTEGER NOT NULL,
    kind        TEXT    NOT NULL,
    number      TEXT    NOT NULL,
    decided     INTEGER NOT NULL,
    code        TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    type        TEXT    NOT NULL,
    level       TEXT    NOT NULL,
    parent      TEXT    NOT NULL,
    bodies      TEXT    NOT NULL,
    states      TEXT    NOT NULL,
    status      TEXT    NOT NULL,
    source      TEXT    NOT NULL,
    note        TEXT    NOT NULL,
    at_ms       BIGINT  NOT NULL,
    leaf        BIGINT  NOT NULL,
    undone_ms   BIGINT,
    undo_leaf   BIGINT
);
CREATE UNIQUE INDEX org_change_content ON org_change (content_key) WHERE undone_ms IS NULL;

-- A source of an act, by its code on the evening before. Shares are millionths, NULL where not known.
CREATE TABLE org_change_source (
    change     BIGINT NOT NULL,
    code       TEXT   NOT NULL,
    population BIGINT,
    area       BIGINT,
    households BIGINT,
    PRIMARY KEY (change, code)
) ${WITHOUT_ROWID};

-- content is the rule as JSON: SQL never looks inside.
CREATE TABLE body_rule (
    id      BIGINT NOT NULL PRIMARY KEY,
    content TEXT   NOT NULL UNIQUE
);

-- [day_from, day_to) of a unit during which it and the chain of those above it stay the same.
CREATE TABLE era (
    id       BIGINT  NOT NULL PRIMARY KEY,
    unit     BIGINT  NOT NULL,
    day_from INTEGER NOT NULL,
    day_to   INTEGER NOT NULL
);
CREATE INDEX era_unit ON era (unit, day_from);

-- +goose Down
DROP TABLE era;
DROP TABLE body_rule;
DROP TABLE org_change_source;
DROP TABLE org_change;
DROP TABLE org_unit;
