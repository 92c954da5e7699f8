-- Acts on units in the making, and who carried them out or took them back, with the reason.

-- +goose Up
-- content is the plan as JSON: SQL never looks inside. revision grows with every saving, so that two people who
-- write one draft do not overwrite each other unseen.
CREATE TABLE unit_draft (
    id       BIGINT NOT NULL PRIMARY KEY,
    state    TEXT   NOT NULL CHECK (state IN ('open', 'done', 'undone', 'dropped')),
    revision BIGINT NOT NULL,
    content  TEXT   NOT NULL,
    actor    TEXT   NOT NULL,
    at_ms    BIGINT NOT NULL
);

-- One carrying out or undoing. Its leaf seals act, draft, changes and reason.
CREATE TABLE unit_decision (
    id     BIGINT NOT NULL PRIMARY KEY,
    act    TEXT   NOT NULL CHECK (act IN ('carry_out', 'undo')),
    draft  BIGINT,
    reason TEXT   NOT NULL,
    actor  TEXT   NOT NULL,
    at_ms  BIGINT NOT NULL,
    leaf   BIGINT NOT NULL
);
CREATE INDEX unit_decision_draft ON unit_decision (draft) WHERE draft IS NOT NULL;

CREATE TABLE unit_decision_change (
    change   BIGINT NOT NULL,
    decision BIGINT NOT NULL,
    PRIMARY KEY (change, decision)
) ${WITHOUT_ROWID};
CREATE INDEX unit_decision_changes ON unit_decision_change (decision);

-- +goose Down
DROP TABLE unit_decision_change;
DROP TABLE unit_decision;
DROP TABLE unit_draft;
