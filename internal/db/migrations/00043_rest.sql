-- What was refused is kept for a while, then its content is erased; an office may take denunciations over the portal for
-- places below it that have no nearer one; the sealed reason of a new code stays beside it. Moments are UTC milliseconds,
-- 0 for never.

-- +goose Up
-- +goose ENVSUB ON
ALTER TABLE sending ADD COLUMN erased_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sending_sealed ADD COLUMN erased_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sealed_office ADD COLUMN below BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE letter_code ADD COLUMN reason ${BYTES} NOT NULL DEFAULT '';
-- +goose ENVSUB OFF

-- +goose Down
ALTER TABLE letter_code DROP COLUMN reason;
ALTER TABLE sealed_office DROP COLUMN below;
ALTER TABLE sending_sealed DROP COLUMN erased_ms;
ALTER TABLE sending DROP COLUMN erased_ms;
