-- Nil returns: a body states that in a turn of a duty there was nothing to do. It stands until it is taken back; an
-- entry recorded later takes its place without touching it, since what is owed and done is derived.

-- +goose Up
-- event is the entry that called the duty forth, 0 for turns of the calendar. back_* say who took it back.
CREATE TABLE duty_nil (
  id          BIGINT  NOT NULL PRIMARY KEY,
  unit        BIGINT  NOT NULL,
  duty        TEXT    NOT NULL,
  period_from INTEGER NOT NULL,
  period_to   INTEGER NOT NULL,
  event       BIGINT  NOT NULL,
  reason      TEXT    NOT NULL,
  actor       TEXT    NOT NULL,
  at_ms       BIGINT  NOT NULL,
  leaf        BIGINT  NOT NULL,
  back_reason TEXT    NOT NULL,
  back_actor  TEXT    NOT NULL,
  back_ms     BIGINT,
  back_leaf   BIGINT
);
CREATE UNIQUE INDEX duty_nil_standing ON duty_nil (unit, duty, period_from, period_to, event) WHERE back_leaf IS NULL;
CREATE INDEX duty_nil_period ON duty_nil (period_to);

-- +goose Down
DROP TABLE duty_nil;
