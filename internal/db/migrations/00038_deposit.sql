-- Cases of denunciation in whose envelope something was put: a name, that it stands on paper, or that there is none.
-- What it was nobody can tell from here; the log says the same.

-- +goose Up
-- +goose ENVSUB ON
CREATE TABLE sealed_deposit (
  entry BIGINT NOT NULL PRIMARY KEY,
  at_ms BIGINT NOT NULL
) ${WITHOUT_ROWID};
INSERT INTO sealed_deposit (entry, at_ms) SELECT subject_id, MAX(at_ms) FROM audit_leaf WHERE act = 'identity_deposit' AND subject = 'identity' GROUP BY subject_id;
-- +goose ENVSUB OFF

-- +goose Down
DROP TABLE sealed_deposit;
