-- The queue is narrow and the bodies stand beside it: accepting dirties few pages (8 KiB each), and walking the queue
-- reads no body. There is no index per member: lanes are rebuilt in memory from the blob of lane keys.

CREATE TABLE delivery (
  sequence          INTEGER PRIMARY KEY,      -- order of acceptance
  place             INTEGER NOT NULL,         -- in its lanes: its sequence, or that of the refused one whose place it took
  id                BLOB    NOT NULL,         -- the 16 bytes of the ULID
  operation         TEXT    NOT NULL,
  state             TEXT    NOT NULL,
  reason            TEXT,                     -- why the present state was entered
  token_id          TEXT    NOT NULL,
  accepted_at       INTEGER NOT NULL,         -- times are epoch milliseconds
  ended_at          INTEGER,
  transaction_id    TEXT,
  amount_minor      INTEGER,
  lanes             BLOB    NOT NULL,         -- 8 bytes each: a double, little-endian
  cancel_lane       INTEGER,                  -- of a sale; handed on to the one that takes its place
  fingerprint       BLOB    NOT NULL,
  attempts          INTEGER NOT NULL DEFAULT 0,
  unknown_outcomes  INTEGER NOT NULL DEFAULT 0,
  last_outcome      TEXT,
  confirmation_code TEXT,
  refusal_code      TEXT,
  original          INTEGER,                  -- of a cancel: sequence of what it cancels, where that is known here
  cancelled         INTEGER NOT NULL DEFAULT 0, -- of a pay: a cancel of it was accepted
  flags             TEXT,                     -- names of the offline rules it went past, with commas
  superseded_by     INTEGER,
  seen              INTEGER NOT NULL DEFAULT 0  -- of a refusal: a register was told
) STRICT;

CREATE UNIQUE INDEX delivery_id ON delivery (id);
CREATE INDEX delivery_open ON delivery (state, sequence) WHERE state IN ('queued', 'sending', 'refused', 'doubtful');
CREATE INDEX delivery_displaced ON delivery (state, sequence) WHERE place < sequence;
CREATE INDEX delivery_transaction ON delivery (transaction_id) WHERE transaction_id IS NOT NULL;
CREATE INDEX delivery_original ON delivery (original) WHERE original IS NOT NULL;
CREATE INDEX delivery_code ON delivery (confirmation_code) WHERE confirmation_code IS NOT NULL;

CREATE TABLE content (
  sequence INTEGER PRIMARY KEY,
  sealed   BLOB NOT NULL,                     -- headers and body
  answer   BLOB                               -- the Loyalty API's answer, sealed
) STRICT;

CREATE TABLE idempotency_key (
  text     TEXT    NOT NULL,
  sequence INTEGER NOT NULL,
  kind     TEXT    NOT NULL,
  PRIMARY KEY (text, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempt (
  sequence    INTEGER NOT NULL,
  number      INTEGER NOT NULL,
  started_at  INTEGER NOT NULL,
  outcome     TEXT,
  trouble     TEXT,                           -- or the refusal's code
  http_status INTEGER,
  duration_ms INTEGER,
  PRIMARY KEY (sequence, number)
) STRICT, WITHOUT ROWID;

-- Only ever added to, and never erased: a line says all that survives its delivery, and nothing personal.
CREATE TABLE ledger (
  number            INTEGER PRIMARY KEY,      -- from 1, without gaps
  at                INTEGER NOT NULL,
  sequence          INTEGER NOT NULL,
  id                BLOB    NOT NULL,         -- of the delivery
  operation         TEXT    NOT NULL,
  token_id          TEXT    NOT NULL,         -- of the register that brought it
  attempt           INTEGER NOT NULL,
  state             TEXT    NOT NULL,
  reason            TEXT    NOT NULL,
  outcome           TEXT,                     -- where an attempt ended
  trouble           TEXT,                     -- or the refusal's code
  confirmation_code TEXT,
  person            TEXT,                     -- name of the token, where a person decided
  hash              BLOB    NOT NULL          -- of the line before and this one, under a key that is not in here
) STRICT;

CREATE INDEX ledger_person ON ledger (sequence) WHERE person IS NOT NULL;

CREATE TABLE remark (
  number   INTEGER PRIMARY KEY,               -- of the ledger line it belongs to
  sequence INTEGER NOT NULL,
  sealed   BLOB    NOT NULL                   -- a person's own words; goes with the body
) STRICT;

CREATE INDEX remark_sequence ON remark (sequence);

-- Of a pay whose outcome may be unclear: the member's balance as it was last seen before, and first seen after.
CREATE TABLE pay_balance (
  sequence INTEGER PRIMARY KEY,
  before   BLOB,
  after    BLOB
) STRICT;

-- The name a member was last known by, under a keyed hash of each identifier.
CREATE TABLE last_known (
  member  TEXT    PRIMARY KEY,
  seen_at INTEGER NOT NULL,
  sealed  BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX last_known_age ON last_known (seen_at);

CREATE TABLE confirmed_per_day (
  day   TEXT PRIMARY KEY,
  count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
